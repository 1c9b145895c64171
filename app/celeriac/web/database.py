"""flask-sqlalchemy on the engine of the application: a session that lives as long as a request, and pages of lists.

It only reads; whatever changes something is a service. What is not a list of people asks services for everything.
"""

from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from celeriac.store.records import Record


class _Shared(SQLAlchemy):
    """Opens no connections of its own."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Any:
        return app.extensions["celeriac"].database.reader


db = _Shared(model_class=Record, disable_autonaming=True)


def register_database(flask: Flask, url: str) -> None:
    """Binds the session to the application's database."""
    flask.config["SQLALCHEMY_DATABASE_URI"] = url
    db.init_app(flask)
