"""Builds the web application with both LINE hosts and the panel on one origin, and serves it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial

from flask import Flask, Response, render_template, request
from flask.json.provider import DefaultJSONProvider
from jinja2 import TemplateNotFound
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map
from werkzeug.serving import BaseWSGIServer, make_server

from line_simulator.api import account, contents, messages, richmenus, tokens
from line_simulator.api.calls import Endpoint
from line_simulator.api.gateway import Gateway
from line_simulator.page import panel
from line_simulator.page.language import page_language, remember_language
from line_simulator.page.static_files import VERSION, modules_folder, show_file
from line_simulator.server import Handler
from line_simulator.simulator import Simulator
from line_simulator.words import TABLES

STATIC = "/_sim/static/<version>/<path:filename>"
ENDPOINTS = (
    *messages.ENDPOINTS,
    *contents.ENDPOINTS,
    *richmenus.ENDPOINTS,
    *account.ENDPOINTS,
    *tokens.ENDPOINTS,
)


class ReadableJson(DefaultJSONProvider):
    """Writes JSON with Thai letters unescaped and keys in the order they were given."""

    ensure_ascii = False
    sort_keys = False


def create_app(simulator: Simulator) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.json = ReadableJson(app)
    gateway = Gateway(simulator)
    app.url_map = _addresses()
    app.view_functions |= {_name(endpoint): partial(gateway.answer, endpoint) for endpoint in ENDPOINTS}
    panel.add_views(app, simulator)
    app.view_functions["static"] = show_file
    app.view_functions["chat"] = partial(_show_page, simulator)
    app.register_error_handler(HTTPException, partial(_refuse, gateway))
    return app


@cache
def _addresses() -> Map:
    """Returns the map of routes. It is built once in a process: tests make an application for each town, and
    this is most of the work."""
    pattern = Flask(__name__, static_folder=None)
    pattern.add_url_rule(STATIC, "static")
    for endpoint in ENDPOINTS:
        pattern.add_url_rule(
            endpoint.rule, _name(endpoint), methods=[endpoint.method], provide_automatic_options=False
        )
    panel.add_addresses(pattern)
    pattern.add_url_rule("/", "chat")
    return pattern.url_map


def _name(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.rule}"


def build_server(simulator: Simulator, *, host: str = "127.0.0.1", port: int = 0) -> BaseWSGIServer:
    return make_server(host, port, create_app(simulator), threaded=True, request_handler=Handler)


@contextmanager
def serve(simulator: Simulator, port: int = 0) -> Iterator[str]:
    """Serves in a thread and yields the base URL, for tests."""
    server = build_server(simulator, port=port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        simulator.stop()


def _show_page(simulator: Simulator) -> Response | str:
    language = page_language(simulator)
    facts = {"account": simulator.bot_info(), "version": VERSION, "modules": modules_folder(language)}
    try:
        page = render_template("chat.html", language=language, words=TABLES[language], **facts)
    except TemplateNotFound:
        return "The chat page is not installed; the API and /_sim answer."
    response = Response(page, mimetype="text/html")
    response.vary.update(("Accept-Language", "Cookie"))
    remember_language(response)
    return response


def _refuse(gateway: Gateway, error: HTTPException) -> Response | HTTPException:
    if request.path.startswith(("/v2/", "/oauth2/")):
        return gateway.refuse_unknown(error.code or 500, error.name)
    return error
