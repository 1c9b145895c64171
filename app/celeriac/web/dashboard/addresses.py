"""The address of the present page with parts of its query changed: filters, pages and tabs are links."""

from typing import Any
from urllib.parse import urlencode

from flask import request


def with_changes(**changes: Any) -> str:
    """Path and query of this request; a value of None or "" drops the parameter, a list repeats it.

    Any change but one of `page` goes back to the first page.
    """
    kept = {name: values for name, values in request.args.lists() if name not in changes}
    if "page" not in changes:
        kept.pop("page", None)
    given = {name: value for name, value in changes.items() if value not in (None, "", [])}
    query = urlencode({**kept, **given}, doseq=True)
    return f"{request.path}?{query}" if query else request.path


def back(fallback: str) -> str:
    """Where a form wants to return to: its field `next` when that is a path of ours."""
    wanted = request.form.get("next", "")
    is_ours = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted and wanted.isprintable()
    return wanted if is_ours else fallback
