"""Conditions of triggers (Kestra up to 1.x). Condition types subclass ConditionType, one per `type:`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationInfo, WrapValidator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.java_date_parsing import date_of


@dataclass(frozen=True, slots=True)
class Upstream:
    """The execution that a trigger looks at.

    retried: states of attempts that were followed by another. secrets: names of those that its outputs may show.
    """

    id: str
    namespace: str
    flow_id: str
    state: str
    labels: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    retried: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """What conditions may ask. flow: (namespace, id) of the trigger's own flow. zone: of dates without one.

    render(value, further variables): a value with its expressions rendered, typed. Raises: ExpressionError.
    """

    flow: tuple[str, str]
    render: Callable[[Any, Mapping[str, Any]], Any]
    zone: tzinfo = UTC
    upstream: Upstream | None = None

    def text(self, value: Any, **variables: Any) -> str:
        """The rendered value as text, without blanks around it; empty for None."""
        found = self.render(value, variables)
        if isinstance(found, bool):
            return str(found).lower()
        return "" if found is None else str(found).strip()

    def date(self, value: Any) -> datetime:
        """The rendered value as a date. Raises: ExpressionError."""
        return date_of(self.render(value, {}), self.zone)


class ConditionType(BaseModel):
    """Properties that every condition has."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True, coerce_numbers_to_str=True
    )

    type_name: ClassVar[str] = ""
    aliases: ClassVar[tuple[str, ...]] = ()

    type: str

    def holds(self, situation: Situation) -> bool:
        """Whether the condition is met. Raises: ExpressionError, and then it is not."""
        raise ExpressionError(f"Conditions of type {self.type} cannot be evaluated by this version of Celeriac")


def all_hold(conditions: Iterable[ConditionType], situation: Situation) -> bool:
    """True when each of them holds. Raises: ExpressionError."""
    return all(condition.holds(situation) for condition in conditions)


def is_true(text: str) -> bool:
    """False for a blank text and for `false`."""
    return text not in ("", "false")


def _typed_condition(value: Any, handler: Any, info: ValidationInfo) -> ConditionType:
    if not isinstance(value, dict):
        raise PydanticCustomError("condition", "a condition is a mapping with `type`")
    kind = (info.context or {})["types"].condition(value.get("type"))
    return kind.model_validate(value, context=info.context)  # type: ignore[no-any-return] # the registry is untyped context


AnyCondition = Annotated[ConditionType, WrapValidator(_typed_condition)]
