"""Reads services as data: one TOML file defines one service, and a mistake in it is reported when it is loaded."""

from store.services.definition import Question, Service, ServiceError, read_services

__all__ = ["Question", "Service", "ServiceError", "read_services"]
