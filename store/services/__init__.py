"""Services as data: one TOML file is one service, read into frozen models that refuse every slip at load."""

from store.services.definition import Question, Service, ServiceError, read_services

__all__ = ["Question", "Service", "ServiceError", "read_services"]
