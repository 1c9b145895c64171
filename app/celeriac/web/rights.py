"""Which role a request needs, by its method and the rule of its route: said here only.

By the rule, never by the path: a namespace may be called `validate` or `webhook`. What is not named here needs an
editor.
"""

import re
from collections.abc import Sequence

from celeriac.core.users import Role

FLOWERS_TABLE = "/flower/tasks/datatable"
"""What Flower's list of jobs asks for by POST, though it only reads; a rule of its own."""
_READS = ("GET", "HEAD", "OPTIONS")
_PUBLIC = re.compile(r"/healthz|/readyz|/static/.*|/ui/(login|icon\.svg)|/api/v1(/main)?/executions/webhook/.*")
"""Probes, files of the login page, and webhooks, whose key is in their path."""
_ROOM = re.compile(r"/(?:api/v1/main|api/v1|ui)(?P<rest>/.*)?")
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
    ("DELETE", r"/executions/(.+/)?kill(/.*)?", Role.OPERATOR),
    ("DELETE", r"/(executions|logs)(/.*)?", Role.EDITOR),
    ("CHANGE", r"/executions/[^/]+/delete", Role.EDITOR),
    ("CHANGE", r"/(executions|triggers|dead-letters|bulk-actions|errors|inbox)(/.*)?", Role.OPERATOR),
)
"""(READ, DELETE, CHANGE = any but READ, or * = any; rule behind the prefix of the API or the pages; role)."""
_COMPILED = tuple((kind, re.compile(pattern), role) for kind, pattern, role in _RULES)


def needed(method: str, rule: str | None) -> Role | None:
    """The least role that may do this; None = anybody, without a login. rule: None = there is no such route."""
    if rule is None:
        return Role.VIEWER
    if _PUBLIC.fullmatch(rule):
        return None
    if rule == "/flower" or rule.startswith("/flower/"):
        return Role.VIEWER if is_read(method) or rule == FLOWERS_TABLE else Role.ADMIN
    room = _ROOM.fullmatch(rule)
    rest = (room["rest"] or "/") if room else rule
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
