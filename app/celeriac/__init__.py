"""Celeriac: declarative YAML workflows on Celery."""
