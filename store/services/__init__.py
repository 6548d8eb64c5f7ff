"""Reads services as data: one TOML file defines one service, and a mistake in it is reported when it is loaded."""

from store.services.definition import Service, ServiceError, read_services
from store.services.question import Question

__all__ = ["Question", "Service", "ServiceError", "read_services"]
