"""`core.flow.Pause`: the execution waits for somebody, or for a date that the database keeps; no worker is held."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Self

from pydantic import AliasChoices, Field, model_validator
from pydantic_core import PydanticCustomError

from celeriac.core.dates import Duration
from celeriac.core.dynamic import Dynamic
from celeriac.core.flow import ON_PAUSE, AnyTask, Pausing, Rest, Task, TaskList
from celeriac.core.inputs import AnyInput
from celeriac.core.state import State


class Behavior(StrEnum):
    """How the task run ends when nobody has resumed the execution in time."""

    RESUME = "RESUME"
    WARN = "WARN"
    CANCEL = "CANCEL"
    FAIL = "FAIL"


_ENDS = {
    Behavior.RESUME: State.SUCCESS,
    Behavior.WARN: State.WARNING,
    Behavior.CANCEL: State.CANCELLED,
    Behavior.FAIL: State.FAILED,
}


class Pause(Pausing):
    """Pauses the execution: nothing new starts until somebody resumes it, or `pauseDuration` has passed.

    Whoever resumes it gives the inputs of `onResume`, which are `outputs.<id>.onResume` then. After `pauseDuration` the
    execution goes on as `behavior` says; after `timeout` the task run FAILS. `onPause` is a task that runs when the
    pause begins.

    Example:
        id: pause
        namespace: examples
        tasks:
          - id: wait
            type: io.kestra.plugin.core.flow.Pause
            pauseDuration: PT0.2S
            onResume:
              - {id: approved, type: BOOL, defaults: false}
          - {id: goes_on, type: io.kestra.plugin.core.log.Log, message: after the pause}
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.flow.Pause"
    aliases: ClassVar[tuple[str, ...]] = ("io.kestra.core.tasks.flows.Pause",)
    evaluated: ClassVar[tuple[str, ...]] = ("pause_duration", "timeout", "behavior")

    pause_duration: Annotated[
        Dynamic[Duration] | None, Field(validation_alias=AliasChoices("pauseDuration", "delay", "pause_duration"))
    ] = None
    behavior: Dynamic[Behavior] = Behavior.RESUME
    on_resume: list[AnyInput] = []
    on_pause: AnyTask | None = None
    tasks: TaskList = []

    def child_lists(self) -> Mapping[str, Sequence[Task]]:
        aside = [] if self.on_pause is None else [self.on_pause]
        return {"tasks": self.tasks, "errors": self.errors, "finally": self.finally_, ON_PAUSE: aside}

    def rest(self, values: Mapping[str, Any]) -> Rest:
        duration, timeout = values["pause_duration"], values["timeout"]
        if isinstance(duration, timedelta):
            return Rest(duration.total_seconds(), _ENDS[values["behavior"]])
        if isinstance(timeout, timedelta):
            return Rest(timeout.total_seconds(), State.FAILED)
        return Rest(None, State.SUCCESS)

    @model_validator(mode="after")
    def _can_be_resumed(self) -> Self:
        if self.on_pause is not None and self.on_pause.child_lists():
            raise PydanticCustomError("pause", "`onPause` is one task without tasks of its own")
        if any(one.secret for one in self.on_resume):
            raise PydanticCustomError("pause", "`onResume` cannot ask for a SECRET: its values are outputs")
        return self
