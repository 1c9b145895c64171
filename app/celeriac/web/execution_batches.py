"""One operation on many executions: each for itself, with its own error."""

from collections.abc import Callable, Sequence

from flask import Response

from celeriac.core.errors import CeleriacError, Problem
from celeriac.web.errors import problem
from celeriac.web.json_text import json_answer


def each(ids: Sequence[str], do: Callable[[str], object]) -> Response:
    """{count, errors: [{id, message}]}; 409 when it could be done with none of them."""
    errors: list[tuple[str, str]] = []
    for one in dict.fromkeys(ids):
        try:
            do(one)
        except CeleriacError as error:
            errors.append((one, str(error)))
    count = len(set(ids)) - len(errors)
    if errors and not count:
        problems = [Problem(message, path=one) for one, message in errors]
        return problem(409, errors[0][1] if len(errors) == 1 else "None of the executions allows it", problems)
    return json_answer({"count": count, "errors": [{"id": one, "message": message} for one, message in errors]})
