"""Provides a small application to try the server with: it gives back what it got, or much more than a socket takes."""

from flask import Flask, request

MAX_BYTES = 1_000_000
LARGE_BYTES = 12_000_000


def create_app() -> Flask:
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BYTES
    app.add_url_rule("/healthz", "healthz", lambda: "alive")
    app.add_url_rule("/large", "large", lambda: b"x" * LARGE_BYTES)
    app.add_url_rule("/echo", "echo", lambda: request.get_data(cache=False), methods=["POST"])
    app.add_url_rule("/root", "root", lambda: request.script_root or "none")
    return app
