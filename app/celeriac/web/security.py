"""Headers that tell browsers what our pages may do, and which proxies in front of the server are believed."""

import secrets

from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from celeriac.settings import Settings

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def register_security(flask: Flask, settings: Settings) -> None:
    """Installs the headers, `csp_nonce()` for templates, and trust in as many proxies as the settings say."""
    flask.jinja_env.globals["csp_nonce"] = csp_nonce
    flask.after_request(_protect)
    if settings.proxies:
        count = settings.proxies
        wrapped = ProxyFix(flask.wsgi_app, x_for=count, x_proto=count, x_host=count)
        flask.wsgi_app = wrapped  # type: ignore[method-assign] # as Flask's documentation says


def csp_nonce() -> str:
    """What inline scripts and styles of the present page must carry."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def content_policy() -> str:
    """The Content-Security-Policy of our own pages."""
    nonce = csp_nonce()
    return (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def _protect(response: Response) -> Response:
    """A view's own headers stay: previews of files are stricter."""
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if "Content-Security-Policy" not in response.headers:
        response.headers["Content-Security-Policy"] = content_policy()
    if not request.path.startswith("/static/") and "ETag" not in response.headers:
        response.headers.setdefault("Cache-Control", "no-store")
    return response
