"""Checks the settings by which residents and staff reach web and console: trusted proxies, and https."""

from urllib.parse import urlsplit

from bot.doctor.findings import Finding, fail, ok, warn
from bot.settings import BotSettings
from store.settings import is_this_machine


def check_proxies(settings: BotSettings) -> Finding:
    if settings.trusted_proxies or not settings.public_url.startswith("https://"):
        return ok("proxies", f"{settings.trusted_proxies} proxies in front are believed")
    then = "set TRUSTED_PROXIES=1 for web and console if one proxy of yours stands in front"
    return warn("proxies", "PUBLIC_URL is https, but no proxy is believed: everybody has its address", then)


def check_console(settings: BotSettings) -> Finding:
    """Checks that officers reach the console by https.

    Without https, others could read passwords and residents' data on the network, so the console serves this machine
    only.
    """
    where = urlsplit(settings.console_url)
    if where.scheme == "https":
        return ok("console", "officers reach it by https")
    if where.hostname and is_this_machine(where.hostname):
        return warn(
            "console", "CONSOLE_URL is for this machine only", "set it to https:// and its name for officers"
        )
    then = "set CONSOLE_URL=https://… for web, console and worker: until then the console serves this machine only"
    return fail("console", "CONSOLE_URL is not set, or is no https address", then)
