"""Whether the console lives and can do its work, and the figures, for whoever watches the machines."""

from typing import Any

from flask import Blueprint, Response, current_app

from store.metrics import CONTENT_TYPE, exposition

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> dict[str, Any]:
    return {"alive": True}


@health.get("/readyz")
def readyz() -> tuple[dict[str, Any], int]:
    ready, report = current_app.extensions["readiness"].report()
    return report, 200 if ready else 503


@health.get("/metrics")
def metrics() -> Response:
    return Response(exposition(current_app.extensions["registry"]), content_type=CONTENT_TYPE)
