"""Dead letters, as they are asked for and answered."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import Field

from celeriac.store.dead_letter_store import DeadLetter
from celeriac.web.models.shapes import LARGEST_PAGE, Answer, Asked

LARGEST_ID = 9_223_372_036_854_775_807
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class DeadLetterDocument(Answer):
    """A message that asked for an execution and was refused. body: what it said, the first million characters."""

    id: int
    source: str
    reason: str
    body: str
    received_at: datetime

    @staticmethod
    def of(letter: DeadLetter) -> "DeadLetterDocument":
        """A dead letter as it is shown."""
        return DeadLetterDocument(
            id=letter.id,
            source=letter.source,
            reason=letter.reason,
            body=letter.body,
            received_at=_EPOCH + timedelta(microseconds=letter.at_us),
        )


class DeadLettersFound(Answer):
    """Dead letters, the newest first."""

    results: list[DeadLetterDocument]


class DeadLetterPaging(Asked):
    """Which of them. before: only those older than the one of this id."""

    before: Annotated[int, Field(ge=1, le=LARGEST_ID)] | None = None
    size: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = 100


class RetriedLetter(Answer):
    """The execution that a dead letter has started after all."""

    execution_id: str
