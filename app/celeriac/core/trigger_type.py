"""What starts executions by itself. Trigger types subclass TriggerType, one small file each in plugins."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from celeriac.core.condition_type import AnyCondition, ConditionType, Situation, all_hold
from celeriac.core.expression import truthy

ShownState = Literal[
    "CREATED",
    "SUBMITTED",
    "RESUBMITTED",
    "RUNNING",
    "PAUSED",
    "RESTARTED",
    "KILLING",
    "SUCCESS",
    "WARNING",
    "FAILED",
    "KILLED",
    "CANCELLED",
    "QUEUED",
    "RETRYING",
    "RETRIED",
    "SKIPPED",
    "BREAKPOINT",
]
"""States of executions as flows write them."""

Level = Literal["TRACE", "DEBUG", "INFO", "WARN", "ERROR"]


def _boolean_text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


class TriggerType(BaseModel):
    """Properties that every trigger has."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True, coerce_numbers_to_str=True
    )

    type_name: ClassVar[str] = ""
    aliases: ClassVar[tuple[str, ...]] = ()

    id: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_-]*$")]
    type: str
    description: str | None = None
    disabled: bool = False
    conditions: list[AnyCondition] = []
    when: Annotated[str | None, BeforeValidator(_boolean_text)] = None
    stop_after: list[ShownState] = []
    fail_on_trigger_error: bool = False
    allow_concurrent: bool = False
    log_level: Annotated[Level | None, Field(validation_alias=AliasChoices("logLevel", "minLogLevel"))] = None
    log_to_file: bool = False
    inputs: dict[str, Any] = {}
    labels: Any = None

    @property
    def all_conditions(self) -> list[ConditionType]:
        """The conditions of the trigger as a whole; `when` is asked beside them."""
        return self.conditions

    @property
    def listens(self) -> bool:
        """True when it must be told of the states that executions enter."""
        return bool(self.stop_after)

    def may_fire(self, situation: Situation) -> bool:
        """Whether its conditions and `when` hold. Raises: ExpressionError, and then it must not fire."""
        if not all_hold(self.all_conditions, situation):
            return False
        return self.when is None or truthy(situation.render(self.when, {}))
