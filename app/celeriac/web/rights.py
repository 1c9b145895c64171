"""Which role a request needs, by method and path: said here only. What is not named here needs an editor."""

import re
from collections.abc import Sequence

from celeriac.core.users import Role

FLOWERS_TABLE = "/flower/tasks/datatable"
"""What Flower's list of jobs asks for by POST, though it only reads."""
_READS = ("GET", "HEAD", "OPTIONS")
_PUBLIC = re.compile(
    r"/healthz|/readyz|/favicon\.ico|/static/.*|/ui/(login|icon\.svg)|/api/v1(/main)?/executions/webhook/.*", re.DOTALL
)
"""Probes, files of the login page, and webhooks, whose key is in their path."""
_ROOM = re.compile(r"/(?:api/v1/main|api/v1|ui/main|ui)(?P<rest>/.*)?", re.DOTALL)
_RULES: Sequence[tuple[str, str, Role]] = (
    ("*", r"/users/me(/.*)?", Role.VIEWER),
    ("*", r"/users(/.*)?", Role.ADMIN),
    ("*", r"/tokens(/.*)?", Role.VIEWER),
    ("*", r"/(logout|settings|views|first-steps)(/.*)?", Role.VIEWER),
    ("CHANGE", r"/executions/[^/]+/eval(/.*)?", Role.EDITOR),
    ("READ", r"/.*", Role.VIEWER),
    ("CHANGE", r"/flows/(validate(/.*)?|graph|canvas|diff|export/.*)", Role.VIEWER),
    ("CHANGE", r"/flows/run/.*", Role.OPERATOR),
    ("CHANGE", r"/schedules/preview", Role.VIEWER),
    ("CHANGE", r"/executions/latest", Role.VIEWER),
    ("CHANGE", r"/executions/[^/]+/[^/]+/validate", Role.VIEWER),
    ("CHANGE", r"/executions/[^/]+/resume/validate", Role.VIEWER),
    ("DELETE", r"/executions/([^/]+/)?kill(/.*)?", Role.OPERATOR),
    ("DELETE", r"/(executions|logs)(/.*)?", Role.EDITOR),
    ("CHANGE", r"/executions/[^/]+/delete", Role.EDITOR),
    ("CHANGE", r"/(executions|triggers|dead-letters|bulk-actions|errors|inbox)(/.*)?", Role.OPERATOR),
)
"""(READ, DELETE, CHANGE = any but READ, or * = any; path behind the prefix of the API or the pages; role)."""
_COMPILED = tuple((kind, re.compile(pattern, re.DOTALL), role) for kind, pattern, role in _RULES)


def needed(method: str, path: str) -> Role | None:
    """The least role that may do this; None = anybody, without a login."""
    if _PUBLIC.fullmatch(path):
        return None
    if path == "/flower" or path.startswith("/flower/"):
        return Role.VIEWER if is_read(method) or path == FLOWERS_TABLE else Role.ADMIN
    room = _ROOM.fullmatch(path)
    rest = (room["rest"] or "/") if room else path
    for kind, pattern, role in _COMPILED:
        if _is_of(kind, method) and pattern.fullmatch(rest):
            return role
    return Role.EDITOR


def is_read(method: str) -> bool:
    """True for requests that change nothing."""
    return method in _READS


def _is_of(kind: str, method: str) -> bool:
    if kind == "*":
        return True
    if kind == "DELETE":
        return method == "DELETE"
    return is_read(method) == (kind == "READ")
