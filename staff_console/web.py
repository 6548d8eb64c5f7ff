"""Creates the Flask application of the console for one municipality."""

import logging
import os
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from staff_console.access.first_password import first_password
from staff_console.access.gate import install_gate
from staff_console.access.my_sessions import my_sessions
from staff_console.access.password import password
from staff_console.access.permissions import may
from staff_console.access.sign_in import sign_in
from staff_console.broadcasts.editor import editor
from staff_console.broadcasts.emergency import emergency
from staff_console.broadcasts.emergency_templates import emergency_templates
from staff_console.broadcasts.preview_views import previews
from staff_console.broadcasts.testers import testers
from staff_console.broadcasts.views import broadcasts
from staff_console.cases.bulk import bulk
from staff_console.cases.files import files
from staff_console.cases.queue import queue
from staff_console.cases.surge import surge
from staff_console.cases.views import cases
from staff_console.context import ConsoleContext, context
from staff_console.operations.dead_letters import dead_letters
from staff_console.operations.health import health
from staff_console.operations.jobs import jobs
from staff_console.operations.quota import quota
from staff_console.operations.style import style
from staff_console.pages.attention import attention
from staff_console.pages.clean_input import install_clean_input
from staff_console.pages.errors import install_errors
from staff_console.pages.filters import install_filters
from staff_console.pages.headers import install_headers
from staff_console.pages.long_forms import install_long_forms
from staff_console.pages.row_ids import install_row_ids
from staff_console.pages.static_files import install_static_files
from staff_console.settings import ConsoleSettings
from staff_console.staff_accounts.requests import account_requests
from staff_console.staff_accounts.views import people
from staff_console.words import CLOSED
from store.clock import now
from store.logs import note_municipality, set_up_logs
from store.municipality_context import read_context
from store.operations.data_keys import open_database
from store.operations.metrics import open_registry
from store.operations.readiness import Readiness
from store.settings import is_this_machine, refusing_in_one_line
from store.staff.passwords import Passwords

CASES = (queue, cases, bulk, surge, files)
BROADCASTS = (broadcasts, editor, previews, emergency, emergency_templates, testers)
ACCOUNTS = (sign_in, first_password, password, my_sessions, people, account_requests)
BLUEPRINTS = (health, *ACCOUNTS, *CASES, *BROADCASTS, dead_letters, quota, jobs, style)
log = logging.getLogger(__name__)
MAX_UPLOAD = 40 * 1024 * 1024


def create_app(settings: ConsoleSettings | None = None) -> Flask:
    set_up_logs()
    if settings is None:
        with refusing_in_one_line():
            return create_app(ConsoleSettings.from_environment(os.environ))
    if not settings.is_https:
        log.warning("without https in CONSOLE_URL, the console serves this machine only")
    app = Flask(__name__, static_folder=None)
    app.config.update(_flask_settings(settings))
    proxies = settings.trusted_proxies
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    database = open_database(settings.store)
    found = read_context(settings.store)
    app.extensions["context"] = ConsoleContext(
        **vars(found),
        settings=settings,
        database=database,
        passwords=Passwords(),
        readiness=Readiness(database),
        registry=open_registry(database, found.name),
        started_at=now(),
    )
    app.before_request(lambda: note_municipality(found.name))
    install_row_ids(app)
    # The order matters: a browser that is not signed in is sent to sign in before its form is read.
    install_gate(app)
    install_long_forms(app)
    install_clean_input(app)
    CSRFProtect(app)
    install_headers(app)
    install_errors(app)
    install_filters(app)
    install_static_files(app)
    app.context_processor(words_of_every_page)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def _flask_settings(settings: ConsoleSettings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": MAX_UPLOAD,
        "MAX_FORM_MEMORY_SIZE": 500_000,
        "MAX_FORM_PARTS": 100,
        "SESSION_COOKIE_NAME": "__Host-forms" if settings.is_https else "forms",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # The CSRF token of a form is valid as long as the session: somebody may write an answer for over an hour.
        "WTF_CSRF_TIME_LIMIT": None,
    }


def words_of_every_page() -> dict[str, Any]:
    return {
        "municipality": context().municipality,
        "me": g.get("staff"),
        "may": _may,
        "attention": attention,
        "closed": CLOSED,
        "unencrypted": _is_unencrypted(),
    }


def _is_unencrypted() -> bool:
    """Says whether what people type crosses a network without https.

    False if the console is opened on the machine that serves it, as in the demo.
    """
    host = urlsplit(request.host_url).hostname or ""
    return not context().settings.is_https and not is_this_machine(host)


def _may(endpoint: str) -> bool:
    return g.staff is not None and may(g.staff.role, endpoint)
