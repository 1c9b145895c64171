"""Executions that programs ask for by a message: checked, started once, or kept as dead letters with the reason."""

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from celeriac.core.errors import CeleriacError, NotFound
from celeriac.core.execution import Once
from celeriac.core.labels import Labels
from celeriac.services.executions import Executions
from celeriac.store.dead_letter_store import DeadLetterStore

LARGEST_BYTES = 5_000_000
_LONGEST_KEY = 256
_log = logging.getLogger(__name__)


class Submission(BaseModel):
    """What a message says. inputs: as in the HTTP API; a FILE input is the URI of a stored file.

    idempotencyKey: two messages with the same key for the same flow start one execution.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True)

    namespace: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    flow_id: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    inputs: dict[str, Any] = {}
    labels: Labels = {}
    revision: Annotated[int | None, Field(ge=1, le=2_147_483_647)] = None
    idempotency_key: Annotated[str | None, StringConstraints(min_length=1, max_length=256)] = None


class DeadLetterNotFound(NotFound):
    """No such dead letter."""


class SubmissionRefused(CeleriacError):
    """The message starts nothing, now or later; it is kept as a dead letter."""


@dataclass(frozen=True, slots=True)
class Submissions:
    """Takes messages of any source. What it raises beside SubmissionRefused means: nothing was written, try again."""

    executions: Executions
    dead_letters: DeadLetterStore

    def accept(self, source: str, message: bytes | Mapping[str, Any], *, message_id: str | None = None) -> str:
        """Starts the execution that the message asks for and returns its id; the same id when it comes again.

        source: for people, such as `redis celeriac.submit`. message_id: what the source calls the message, so that it
        starts one execution even when it is delivered twice and carries no idempotency key.
        Raises: SubmissionRefused.
        """
        try:
            return self._start(source, message, message_id)
        except self.dead_letters.Unavailable:
            raise
        except Exception as error:
            if not isinstance(error, CeleriacError):
                _log.exception("message not understood", extra={"source": source})
            reason = (str(error) or repr(error)).encode("utf-8", "replace").decode()
            self.dead_letters.add(source, reason, _text(message))
            raise SubmissionRefused(str(error)) from error

    def retry(self, letter_id: int) -> str:
        """Reads a dead letter again: the id of its execution. It stays when it is refused again.

        Raises: DeadLetterNotFound, SubmissionRefused, and what `Executions.start` raises.
        """
        letter = self.dead_letters.get(letter_id)
        if letter is None:
            raise DeadLetterNotFound(f"Dead letter {letter_id} does not exist")
        started = self._start("dead letters", letter.body.encode(), str(letter_id))
        self.dead_letters.delete(letter_id)
        return started

    def forget(self, letter_id: int) -> None:
        """Removes a dead letter. Raises: DeadLetterNotFound."""
        if not self.dead_letters.delete(letter_id):
            raise DeadLetterNotFound(f"Dead letter {letter_id} does not exist")

    def _start(self, source: str, message: bytes | Mapping[str, Any], message_id: str | None) -> str:
        submission = _parsed(message)
        return self.executions.start(
            submission.namespace,
            submission.flow_id,
            submission.inputs,
            revision=submission.revision,
            labels=submission.labels,
            once=_once(source, submission, message_id),
        )


def _parsed(message: bytes | Mapping[str, Any]) -> Submission:
    if isinstance(message, bytes):
        if len(message) > LARGEST_BYTES:
            raise SubmissionRefused(f"the message has {len(message):,} bytes, at most {LARGEST_BYTES:,} are read")
        try:
            message = orjson.loads(message)
        except orjson.JSONDecodeError as error:
            raise SubmissionRefused(f"the message is not JSON: {error}") from error
    if not isinstance(message, Mapping):
        raise SubmissionRefused("the message is not a JSON object with `namespace` and `flowId`")
    try:
        return Submission.model_validate(message)
    except ValidationError as error:
        problems = [f"`{'.'.join(map(str, one['loc']))}`: {one['msg']}" for one in error.errors(include_url=False)]
        raise SubmissionRefused("; ".join(problems)) from error


def _once(source: str, submission: Submission, message_id: str | None) -> Once | None:
    if submission.idempotency_key is not None:
        return Once(f"submit:{submission.namespace}/{submission.flow_id}", submission.idempotency_key)
    return Once(f"source:{source}", _key(message_id)) if message_id else None


def _key(message_id: str) -> str:
    """Two ids that begin alike are two messages."""
    return message_id if len(message_id) <= _LONGEST_KEY else hashlib.sha256(message_id.encode()).hexdigest()


def _text(message: bytes | Mapping[str, Any]) -> str:
    """What Celery has read may hold what orjson does not write: half of a surrogate pair, a number of any length."""
    if isinstance(message, bytes):
        return message.decode("utf-8", errors="replace")
    return json.dumps(message, default=str)
