"""Answers of the probes."""

from celeriac.web.models.shapes import Answer


class Alive(Answer):
    """The process answers."""

    status: str


class CheckDocument(Answer):
    """One thing that must work, and a sentence about it."""

    name: str
    ok: bool
    sentence: str


class Readiness(Answer):
    """The process can work; when it cannot, the answer is a problem. checks: what else executions need."""

    status: str
    checks: list[CheckDocument]
