"""Serves /healthz, /readyz and /metrics for monitoring, and security.txt."""

from typing import Any

from flask import Blueprint, Response, abort

from staff_console.context import context
from store.municipality.security_txt import PATH, security_txt
from store.operations.metrics import CONTENT_TYPE, exposition

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> dict[str, Any]:
    return {"alive": True}


@health.get("/readyz")
def readyz() -> tuple[dict[str, Any], int]:
    ready, report = context().readiness.report()
    return report, 200 if ready else 503


@health.get(PATH)
def security() -> Response:
    known, address = context().municipality.security, context().settings.console_url
    text = security_txt(known, context().started_at, address)
    if text is None:
        abort(404)
    return Response(text, content_type="text/plain; charset=utf-8")


@health.get("/metrics")
def metrics() -> Response:
    return Response(exposition(context().registry), content_type=CONTENT_TYPE)
