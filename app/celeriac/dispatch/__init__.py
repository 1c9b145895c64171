"""The only Celery of the app: its configuration, and messages made of what `advance` decided."""
