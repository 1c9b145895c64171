"""/flower: what Flower shows, behind the login of the application. Looking needs a viewer, acting an admin.

Flower listens where only this process asks it, with a password of its own. Nothing that a browser sends to prove who it
is goes there, and nothing of Flower's own login comes back.
"""

import base64
import hashlib
import logging
from collections.abc import Iterator
from urllib.parse import quote, unquote, urlsplit

import httpx2
from flask import Flask, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from celeriac.settings import Settings
from celeriac.web import rights, sessions
from celeriac.web.auth import current_user
from celeriac.web.errors import problem
from celeriac.web.login import assets, theme

LARGEST_BODY = 1_000_000
_KEPT = ("accept", "accept-encoding", "accept-language", "content-type", "if-modified-since", "if-none-match", "range")
_ANSWERED = (
    *("content-type", "content-length", "content-encoding", "content-range", "accept-ranges", "etag", "last-modified"),
    *("cache-control", "expires", "location", "vary", "allow"),
)
_INLINE = b"\nvar autorefresh = 1;\n"
"""The one script that stands inside a page of Flower 2.2."""
_TOKEN_COOKIE = "_xsrf"
_METHODS = ("GET", "HEAD", "POST")
_log = logging.getLogger(__name__)


def register_flower(flask: Flask, settings: Settings) -> None:
    """Adds /flower, also when there is no Flower: it then says what to do."""
    proxy = FlowerProxy(settings.flower_url)
    flask.add_url_rule("/flower", "flower_root", lambda: redirect("/flower/"))
    flask.add_url_rule("/flower/", "flower", proxy.answer, defaults={"path": ""}, methods=_METHODS)
    flask.add_url_rule("/flower/<path:path>", "flower", proxy.answer, methods=_METHODS)
    table = rights.FLOWERS_TABLE.removeprefix("/flower/")
    flask.add_url_rule(rights.FLOWERS_TABLE, "flower", proxy.answer, defaults={"path": table}, methods=_METHODS)


class FlowerProxy:
    """`answer` is a view. url: `http://user:password@host:port`, empty when there is no Flower."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._client = None
        if parts.hostname:
            host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
            self._client = httpx2.Client(
                base_url=f"http://{host}:{parts.port}",
                auth=(unquote(parts.username or ""), unquote(parts.password or "")),
                timeout=httpx2.Timeout(30, connect=2),
                verify=False,
                trust_env=False,
            )

    def answer(self, path: str) -> AnyResponse:
        """Flower's answer, as it comes."""
        if self._client is None:
            return _unreachable("There is no Flower here: set CELERIAC_FLOWER_URL and start the role `flower`.")
        if request.content_length is not None and request.content_length > LARGEST_BODY:
            return problem(413, f"Flower takes at most {LARGEST_BODY:,} bytes")
        if not rights.is_read(request.method) and request.path != rights.FLOWERS_TABLE:
            user = current_user()
            _log.info("flower is told", extra={"path": path, "by": user.email if user else ""})
        query = request.query_string.decode("latin-1")
        url = f"/flower/{quote(path, safe='/:@,')}" + (f"?{query}" if query else "")
        headers = {name: request.headers[name] for name in _KEPT if name in request.headers}
        asked = self._client.build_request(request.method, url, headers=headers, content=request.get_data())
        try:
            given = self._client.send(asked, stream=True)
        except httpx2.TransportError as error:
            _log.warning("flower does not answer", extra={"error": type(error).__name__})
            return _unreachable("Flower does not answer. It is started again by itself; load this page in a moment.")
        return _handed_on(given)


def _handed_on(answer: httpx2.Response) -> Response:
    headers = [(name, value) for name, value in answer.headers.items() if name in _ANSWERED]
    response = Response(_chunks(answer), answer.status_code, headers)
    response.call_on_close(answer.close)
    response.headers["Content-Security-Policy"] = _content_policy()
    if answer.headers.get("content-type", "").startswith("text/html") and current_user() is not None:
        response.set_cookie(
            _TOKEN_COOKIE, sessions.csrf_token(), path="/flower", samesite="Strict", secure=request.is_secure
        )
    return response


def _chunks(answer: httpx2.Response) -> Iterator[bytes]:
    """What comes until Flower ends, also amid an answer."""
    try:
        yield from answer.iter_raw()
    except httpx2.TransportError as error:
        _log.warning("flower broke off", extra={"error": type(error).__name__})


def _content_policy() -> str:
    """Flower's tables write styles into their elements."""
    digest = base64.b64encode(hashlib.sha256(_INLINE).digest()).decode()
    return (
        f"default-src 'self'; script-src 'self' 'sha256-{digest}'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def _unreachable(text: str) -> Response:
    if request.accept_mimetypes.accept_html and request.path.count("/") <= 2:
        page = render_template("flower_away.html", text=text, assets=assets(), theme=theme())
        return Response(page, 503, {"Retry-After": "5"})
    return problem(503, text)
