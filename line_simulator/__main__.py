"""Starts the simulator from the command line: `python -m line_simulator`."""

import argparse
import os
import sys

from line_simulator.simulator import Simulator
from line_simulator.web import build_server

FIRST_RESIDENTS = ("สมศรี", "ประสิทธิ์")


def main() -> None:
    options = _read_options()
    simulator = Simulator(
        secret=_read_first("LINE_CHANNEL_SECRET"),
        token=_read_first("LINE_CHANNEL_ACCESS_TOKEN"),
        webhook_url=options.webhook,
        basic_id=options.basic_id,
    )
    for name in FIRST_RESIDENTS:
        simulator.add_resident(name)
    server = build_server(simulator, host=options.host, port=options.port)
    sys.stdout.write(f"LINE simulator: http://{options.host}:{options.port}/ -> {options.webhook}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    finally:
        simulator.stop()


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="line_simulator", description="A stand-in for the LINE platform.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8800)
    parser.add_argument("--webhook", default="http://127.0.0.1:8801/line/webhook")
    parser.add_argument("--basic-id", default="", help="such as @municipality; one is made up without it")
    return parser.parse_args()


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
