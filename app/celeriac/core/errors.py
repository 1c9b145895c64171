"""Everything that Celeriac raises on purpose, in one tree.

CeleriacError
├── FlowInvalid            a YAML file is no valid flow: every problem, with line and column
├── InputsInvalid          the inputs of an execution were refused: every problem
├── ExpressionError        an expression cannot be parsed or rendered
│   └── UndefinedVariable
├── NotFound
│   ├── FlowNotFound
│   ├── ExecutionNotFound
│   ├── TriggerNotFound
│   ├── StoredFileNotFound
│   ├── KeyNotFound
│   ├── SecretNotFound
│   ├── UserNotFound
│   └── TokenNotFound
├── UserInvalid            an email, password or role that cannot be one
├── SecretInvalid          a secret is set, but cannot be decoded
├── Refused                a start or an operation that the state of things forbids
│   └── FlowChanged        somebody else has saved the flow meanwhile
├── TaskFailed             a task run ends FAILED, its outputs so far are kept
│   ├── TimedOut
│   ├── RunnerFailed       the task runner could not run the command (no engine, no image, no interpreter …)
│   └── StorageFailed      a file could not be written or read (disk full, bucket away)
└── Killed                 the attempt was told to stop
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file or an input. `line` and `column` count from 1; 0 = unknown."""

    message: str
    path: str = ""
    line: int = 0
    column: int = 0
    hint: str = ""
    file: str = ""

    def __str__(self) -> str:
        at = f"{self.line}:{self.column}" if self.line else ""
        place = f"{self.file}:{at} " if self.file and at else f"{at or self.file}: " if at or self.file else ""
        return f"{place}{self.path + ': ' if self.path else ''}{self.message}{f' ({self.hint})' if self.hint else ''}"


class CeleriacError(Exception):
    """Root of all errors that are facts about the user's world rather than bugs."""


class FlowInvalid(CeleriacError):
    """The flow cannot be accepted."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class InputsInvalid(CeleriacError):
    """The inputs cannot be accepted; no execution was created."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(problem.message for problem in problems))
        self.problems = tuple(problems)


class ExpressionError(CeleriacError):
    """An expression is wrong; the message names it."""


class UndefinedVariable(ExpressionError):
    """An expression names something that is not there."""


class NotFound(CeleriacError):
    """Something named does not exist."""


class FlowNotFound(NotFound):
    """No such flow (or revision)."""


class ExecutionNotFound(NotFound):
    """No such execution."""


class TriggerNotFound(NotFound):
    """No such trigger, or no webhook with such a key."""


class StoredFileNotFound(NotFound):
    """No such file in the internal storage or the namespace files."""


class KeyNotFound(NotFound):
    """No such key in the KV store."""


class SecretNotFound(NotFound):
    """No such secret."""


class UserNotFound(NotFound):
    """No such user."""


class TokenNotFound(NotFound):
    """No such API token, or it is somebody else's."""


class UserInvalid(CeleriacError):
    """An email, a password or a role cannot be accepted; the message says why."""


class SecretInvalid(CeleriacError):
    """A secret is set, but its value cannot be decoded; the message names the variable, never the value."""


class Refused(CeleriacError):
    """The operation is not possible in the present state; the message says why."""


class FlowChanged(Refused):
    """Somebody else has saved or removed the flow meanwhile; nothing was written.

    revision, source: what is there now; 0 and "" when the flow does not exist.
    """

    def __init__(self, namespace: str, flow_id: str, revision: int, source: str) -> None:
        there = f"is at revision {revision} by now" if revision else "does not exist"
        super().__init__(f"The flow {namespace}.{flow_id} {there}: look at the newest, then save again")
        self.revision = revision
        self.source = source


class TaskFailed(CeleriacError):
    """The attempt ends FAILED with this message; `outputs` are kept all the same."""

    def __init__(self, message: str, outputs: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.outputs = dict(outputs or {})


class TimedOut(TaskFailed):
    """The attempt took longer than its timeout."""


class RunnerFailed(TaskFailed):
    """The task runner could not run the command; the message says what to do."""


class StorageFailed(TaskFailed):
    """The internal storage could not be written or read; the message says where and why."""


class Killed(CeleriacError):
    """The attempt was told to stop and has stopped."""
