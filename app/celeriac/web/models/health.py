"""Answers of the probes."""

from celeriac.web.models.shapes import Answer


class Alive(Answer):
    """The process answers."""

    status: str


class Readiness(Answer):
    """The process can work; when it cannot, the answer is a problem."""

    status: str
