"""How every error looks: RFC 9457."""

from celeriac.web.models.shapes import Answer


class ProblemPlace(Answer):
    """One thing that is wrong. pointer: where, as a path. line, column: from 1, of a YAML text."""

    pointer: str
    line: int | None = None
    column: int | None = None
    message: str
    hint: str | None = None


class ProblemDocument(Answer):
    """What went wrong. `message` repeats `detail` for clients of Kestra."""

    type: str
    title: str
    status: int
    detail: str
    message: str
    instance: str
    errors: list[ProblemPlace] = []
