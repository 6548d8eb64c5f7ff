"""Chooses the language of the page: English or Thai."""

from flask import Response, request

from line_simulator.simulator import Simulator
from line_simulator.words import LANGUAGES

COOKIE = "line_simulator_language"
COOKIE_SECONDS = 365 * 24 * 3600


def page_language(sim: Simulator) -> str:
    """Returns "en" or "th": of the address, the cookie, the simulator's setting, or else what the browser prefers."""
    for choice in (request.args.get("lang"), request.cookies.get(COOKIE), sim.language):
        if choice in LANGUAGES:
            return choice
    return request.accept_languages.best_match(LANGUAGES) or "en"


def remember_language(response: Response) -> None:
    """Keeps the language that the address names, for later visits without it."""
    choice = request.args.get("lang")
    if choice in LANGUAGES:
        response.set_cookie(COOKIE, choice, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax")
