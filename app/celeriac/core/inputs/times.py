"""Inputs whose value is a moment, a date, a time or a length of time."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from celeriac.core.dates import Duration, iso_duration
from celeriac.core.inputs.coerce import coerce
from celeriac.core.inputs.model import Input


def _bound(type_name: str) -> BeforeValidator:
    def typed(value: Any) -> Any:
        return value if value is None else coerce(type_name, value)

    return BeforeValidator(typed)


class _Between(Input):
    """`after` and `before` are inclusive."""

    after: str | None = None
    before: str | None = None

    def check(self, value: Any, choices: Sequence[str] = ()) -> None:
        if self.after is not None and value < self.after:
            raise ValueError(f"it must be after `{self._shown(self.after)}`")
        if self.before is not None and value > self.before:
            raise ValueError(f"it must be before `{self._shown(self.before)}`")

    def _shown(self, bound: str) -> str:
        return bound

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.after is not None and self.before is not None and self.after > self.before:
            raise PydanticCustomError(
                "input", "`after` {after} is later than `before` {before}", {"after": self.after, "before": self.before}
            )
        return self


class DatetimeInput(_Between):
    """A moment with zone or offset, kept in UTC."""

    type: Literal["DATETIME"]
    after: Annotated[str | None, _bound("DATETIME")] = None
    before: Annotated[str | None, _bound("DATETIME")] = None

    def _shown(self, bound: str) -> str:
        return bound.removesuffix("Z").rstrip("0").rstrip(".") + "Z"


class DateInput(_Between):
    """A date."""

    type: Literal["DATE"]
    after: Annotated[str | None, _bound("DATE")] = None
    before: Annotated[str | None, _bound("DATE")] = None


class TimeInput(_Between):
    """A time of day."""

    type: Literal["TIME"]
    after: Annotated[str | None, _bound("TIME")] = None
    before: Annotated[str | None, _bound("TIME")] = None


class DurationInput(Input):
    """A length of time, as seconds; the limits are inclusive."""

    type: Literal["DURATION"]
    min: Duration | None = None
    max: Duration | None = None

    def check(self, value: Any, choices: Sequence[str] = ()) -> None:
        length = timedelta(seconds=value)
        if self.min is not None and length < self.min:
            raise ValueError(f"It must be more than `{iso_duration(self.min)}`")
        if self.max is not None and length > self.max:
            raise ValueError(f"It must be less than `{iso_duration(self.max)}`")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise PydanticCustomError("input", "`min` is more than `max`")
        return self
