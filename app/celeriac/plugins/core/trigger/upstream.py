"""What a Flow trigger says about the executions that it waits for."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from celeriac.core.condition_type import Situation, Upstream
from celeriac.core.errors import ExpressionError
from celeriac.core.expression import truthy
from celeriac.core.flow import Model
from celeriac.core.inputs.pattern import compile_pattern
from celeriac.core.labels import Labels
from celeriac.core.trigger_type import ShownState

LONGEST = 1000
"""Characters of a text that a regular expression looks at."""
_LISTS = ("IN", "NOT_IN")


class Filter(Model):
    """One test of an execution in `preconditions.where`."""

    field: Literal["FLOW_ID", "NAMESPACE", "STATE", "EXPRESSION"]
    type: Literal[
        "EQUAL_TO",
        "NOT_EQUAL_TO",
        "IN",
        "NOT_IN",
        "IS_TRUE",
        "IS_FALSE",
        "IS_NULL",
        "IS_NOT_NULL",
        "STARTS_WITH",
        "ENDS_WITH",
        "REGEX",
        "CONTAINS",
    ]
    value: Any = None
    values: list[Any] | None = None

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        wanted, other = ("values", "value") if self.type in _LISTS else ("value", "values")
        for name, text in ((wanted, "cannot be null"), (other, "must be null")):
            if (getattr(self, name) is None) == (text == "cannot be null"):
                context = {"name": name, "text": text, "type": self.type}
                raise PydanticCustomError("filter", "`{name}` {text} for type {type}", context)
        return self

    def holds(self, situation: Situation) -> bool:
        """Raises: ExpressionError."""
        upstream = situation.upstream
        if upstream is None:
            return False
        if self.field == "EXPRESSION":
            return self._suits(situation.render(self.value, {}))
        own = {"FLOW_ID": upstream.flow_id, "NAMESPACE": upstream.namespace, "STATE": upstream.state}
        return self._suits(own[self.field])

    def _suits(self, own: Any) -> bool:
        text, value = "" if own is None else str(own), "" if self.value is None else str(self.value)
        values = [str(one) for one in self.values or ()]
        tests = {
            "EQUAL_TO": lambda: text == value,
            "NOT_EQUAL_TO": lambda: text != value,
            "IN": lambda: text in values,
            "NOT_IN": lambda: text not in values,
            "IS_TRUE": lambda: truthy(own),
            "IS_FALSE": lambda: not truthy(own),
            "IS_NULL": lambda: own is None,
            "IS_NOT_NULL": lambda: own is not None,
            "STARTS_WITH": lambda: text.startswith(value),
            "ENDS_WITH": lambda: text.endswith(value),
            "REGEX": lambda: _matches(value, text),
            "CONTAINS": lambda: value in text,
        }
        return tests[self.type]()


def _matches(pattern: str, text: str) -> bool:
    try:
        return compile_pattern(pattern).fullmatch(text[:LONGEST]) is not None
    except (re.error, ValueError) as error:
        raise ExpressionError(f"`{pattern}` is no regular expression: {error}") from error


class Where(Model):
    """Tests, all of which (AND) or one of which (OR) must hold for one execution."""

    id: str
    operand: Literal["AND", "OR"] = "AND"
    filters: Annotated[list[Filter], Field(min_length=1)]

    def holds(self, situation: Situation) -> bool:
        """Raises: ExpressionError."""
        several = all if self.operand == "AND" else any
        return several(one.holds(situation) for one in self.filters)


class _Upstream(Model):
    namespace: str | None = None
    flow_id: str | None = None
    states: list[ShownState] | None = None
    labels: Labels = {}

    def is_of(self, upstream: Upstream) -> bool:
        """Whether it is of this flow."""
        return self.namespace in (None, upstream.namespace) and self.flow_id in (None, upstream.flow_id)

    def holds(self, situation: Situation) -> bool:
        """Raises: ExpressionError."""
        upstream = situation.upstream
        return (
            upstream is not None
            and self.is_of(upstream)
            and (self.states is None or upstream.state in self.states)
            and self.labels.items() <= upstream.labels.items()
        )


class UpstreamFlow(_Upstream):
    """An execution that must have happened (up to 1.x)."""

    namespace: str


class Dependency(_Upstream):
    """An execution that is waited for (2.0)."""

    when: str | None = None

    def holds(self, situation: Situation) -> bool:
        """Raises: ExpressionError."""
        return super().holds(situation) and (self.when is None or truthy(situation.render(self.when, {})))
