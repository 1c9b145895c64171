"""Messages of producers that were refused: read them, send them again, remove them."""

from flask import Blueprint, Response

from celeriac.web.api import celeriac
from celeriac.web.json_text import json_answer
from celeriac.web.models.dead_letters import (
    LARGEST_ID,
    DeadLetterDocument,
    DeadLetterPaging,
    DeadLettersFound,
    RetriedLetter,
)
from celeriac.web.openapi import operation

blueprint = Blueprint("dead_letters", __name__)
_ONE = f"/dead-letters/<int(max={LARGEST_ID}):letter_id>"


@blueprint.get("/dead-letters")
@operation(DeadLettersFound)
def search(query: DeadLetterPaging) -> Response:
    """Dead letters, the newest first."""
    found = celeriac().submissions.dead_letters.newest(query.size, query.before)
    return json_answer({"results": [_document(DeadLetterDocument.of(one)) for one in found]})


@blueprint.post(f"{_ONE}/retry")
@operation(RetriedLetter)
def retry(letter_id: int) -> Response:
    """Reads the message again, now that what was missing may be there; when it starts its execution it is removed."""
    return json_answer({"executionId": celeriac().submissions.retry(letter_id)})


@blueprint.delete(_ONE)
@operation(status=204)
def delete(letter_id: int) -> Response:
    """Removes one."""
    celeriac().submissions.forget(letter_id)
    return Response(status=204)


def _document(letter: DeadLetterDocument) -> dict[str, object]:
    return letter.model_dump(mode="json", by_alias=True)
