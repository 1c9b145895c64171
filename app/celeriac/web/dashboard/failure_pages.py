"""Errors as pages: what is wrong, and what to do now."""

import logging
import uuid

from flask import Blueprint, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from celeriac.core.errors import CeleriacError, NotFound, Refused
from celeriac.store.database import UNAVAILABLE
from celeriac.web.assets import HOW_TO_BUILD, AssetsMissing

_log = logging.getLogger(__name__)
_TITLES = {
    400: "This request cannot be read",
    401: "Please log in",
    403: "You may not do this",
    404: "Nothing is here",
    405: "This is not possible here",
    409: "Not possible now",
    413: "This is too large",
    422: "This cannot be accepted",
    429: "Too many requests",
    503: "The database does not answer",
}


def register_failures(blueprint: Blueprint) -> None:
    """Turns what the pages of a blueprint raise into pages."""
    blueprint.register_error_handler(CeleriacError, _ours)
    blueprint.register_error_handler(HTTPException, _of_http)
    for kind in UNAVAILABLE:
        blueprint.register_error_handler(kind, _unavailable)
    blueprint.register_error_handler(AssetsMissing, _not_built)
    blueprint.register_error_handler(Exception, _unforeseen)


def _ours(error: CeleriacError) -> tuple[str, int]:
    status = 404 if isinstance(error, NotFound) else 409 if isinstance(error, Refused) else 422
    return _page(status, str(error))


def _of_http(error: HTTPException) -> tuple[str, int] | Response:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    return _page(error.code, error.description or error.name)


def _unavailable(error: Exception) -> tuple[str, int]:
    _log.warning("the database is away: %s", error)
    return _page(503, "Nothing is lost. Reload the page in a moment.")


def _not_built(error: AssetsMissing) -> tuple[str, int, dict[str, str]]:
    return HOW_TO_BUILD, 503, {"Content-Type": "text/plain; charset=utf-8"}


def _unforeseen(error: Exception) -> tuple[str, int]:
    error_id = uuid.uuid4().hex
    _log.error("unforeseen error %s in %s %s", error_id, request.method, request.path, exc_info=error)
    return _page(500, f"Nobody foresaw this error. The log of the web process tells more of it under {error_id}.")


def _page(status: int, message: str) -> tuple[str, int]:
    title = _TITLES.get(status, "This did not work" if status < 500 else "Something broke")
    return render_template("ui/failure.html", status=status, title=title, message=message), status
