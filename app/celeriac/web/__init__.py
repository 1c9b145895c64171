"""The only Flask: the HTTP API (and later the dashboard). Knows services, never SQL, Celery or Docker."""

from celeriac.web.application import create_app

__all__ = ["create_app"]
