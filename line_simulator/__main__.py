"""Starts the simulator from the command line: `python -m line_simulator`."""

import argparse
import os
import re
import sys

from line_simulator.messages.counting import count_graphemes
from line_simulator.simulator import Simulator
from line_simulator.web import build_server
from line_simulator.words import LANGUAGES

FIRST_RESIDENTS = ("สมศรี", "ประสิทธิ์")
NAME = "เทศบาลตำบลตัวอย่าง"
WEBHOOK = "http://127.0.0.1:8801/line/webhook"
MAX_NAME = 20
BASIC_ID = re.compile(r"@[a-z0-9._-]{4,18}")


def main() -> None:
    options = build_parser().parse_args()
    simulator = build_simulator(options)
    server = build_server(simulator, host=options.host, port=options.port)
    sys.stdout.write(f"LINE simulator: http://{options.host}:{options.port}/ -> {options.webhook}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    finally:
        simulator.stop()


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m line_simulator",
        description="Simulates the LINE Messaging API platform on this machine.",
        epilog="LINE_CHANNEL_SECRET and LINE_CHANNEL_ACCESS_TOKEN must be set to the bot's own values.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8800, help="port to listen on (default: %(default)s)")
    parser.add_argument("--webhook", default=WEBHOOK, help="the bot's webhook address (default: %(default)s)")
    parser.add_argument(
        "--name",
        type=_account_name,
        default=NAME,
        help=f"name of the account, 1 to {MAX_NAME} characters (default: %(default)s)",
    )
    parser.add_argument(
        "--basic-id",
        type=_basic_id,
        help="LINE id of the account, such as @123abcde (default: one is made up)",
    )
    parser.add_argument(
        "--lang",
        choices=(*LANGUAGES, "auto"),
        default="auto",
        help="language of the page; auto is what the browser prefers (default: %(default)s)",
    )
    return parser


def build_simulator(options: argparse.Namespace) -> Simulator:
    """Returns a simulator with two residents; exits when the secret or the token is not in the environment."""
    simulator = Simulator(
        secret=_read_first("LINE_CHANNEL_SECRET"),
        token=_read_first("LINE_CHANNEL_ACCESS_TOKEN"),
        webhook_url=options.webhook,
        name=options.name,
        basic_id=options.basic_id or "",
        language=options.lang,
    )
    for name in FIRST_RESIDENTS:
        simulator.add_resident(name)
    return simulator


def _account_name(value: str) -> str:
    """Returns the name without surrounding spaces; LINE allows an account 20 characters."""
    name = value.strip()
    if not 1 <= count_graphemes(name) <= MAX_NAME:
        raise argparse.ArgumentTypeError(f"must have 1 to {MAX_NAME} characters")
    return name


def _basic_id(value: str) -> str:
    """Returns the LINE id: a basic id such as @123abcde, or a premium id, which the owner chooses."""
    if not BASIC_ID.fullmatch(value):
        raise argparse.ArgumentTypeError("must be @ and 4 to 18 of a-z, 0-9, . _ -, such as @123abcde")
    return value


def _read_first(name: str) -> str:
    """Returns the first of the values that the variable lists; exits when it is not set.

    During a rotation the variable lists the old and the new secret, separated by commas; LINE signs with one
    of them.
    """
    value = os.environ.get(name, "").split(",")[0].strip()
    if not value:
        sys.exit(f"{name} is not set")
    return value


if __name__ == "__main__":
    main()
