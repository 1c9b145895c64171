"""Inputs whose value is a moment, a date, a time or a length of time."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from celeriac.core.dates import Duration, iso_duration
from celeriac.core.inputs.coerce import coerce
from celeriac.core.inputs.model import Input


def _typed(type_name: str) -> BeforeValidator:
    def convert(value: Any) -> Any:
        try:
            return value if value is None else coerce(type_name, value)
        except ValueError as error:
            raise PydanticCustomError("input", "{reason}", {"reason": str(error)}) from error

    return BeforeValidator(convert)


class DatetimeInput(Input):
    """A moment with zone or offset, kept in UTC; the limits are inclusive."""

    type: Literal["DATETIME"]
    after: Annotated[str | None, _typed("DATETIME")] = None
    before: Annotated[str | None, _typed("DATETIME")] = None

    def check(self, value: Any, choices: Sequence[str] | None = None) -> None:
        _between(value, self.after, self.before, self.printed)

    def printed(self, value: Any) -> Any:
        moment, _, digits = str(value).removesuffix("Z").partition(".")
        digits = digits.removesuffix("000").removesuffix("000")
        return f"{moment}{'.' + digits if digits else ''}Z"

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _refuse_empty_range(self.after, self.before)
        return self


class DateInput(Input):
    """A date; the limits are inclusive."""

    type: Literal["DATE"]
    after: Annotated[str | None, _typed("DATE")] = None
    before: Annotated[str | None, _typed("DATE")] = None

    def check(self, value: Any, choices: Sequence[str] | None = None) -> None:
        _between(value, self.after, self.before, str)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _refuse_empty_range(self.after, self.before)
        return self


class TimeInput(Input):
    """A time of day; the limits are inclusive."""

    type: Literal["TIME"]
    after: Annotated[str | None, _typed("TIME")] = None
    before: Annotated[str | None, _typed("TIME")] = None

    def check(self, value: Any, choices: Sequence[str] | None = None) -> None:
        _between(value, self.after, self.before, lambda bound: str(bound).removesuffix(":00"))

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _refuse_empty_range(self.after, self.before)
        return self


class DurationInput(Input):
    """A length of time, kept as seconds; the limits are inclusive."""

    type: Literal["DURATION"]
    min: Duration | None = None
    max: Duration | None = None

    def check(self, value: Any, choices: Sequence[str] | None = None) -> None:
        length = timedelta(seconds=value)
        if self.min is not None and length < self.min:
            raise ValueError(f"It must be more than `{iso_duration(self.min)}`")
        if self.max is not None and length > self.max:
            raise ValueError(f"It must be less than `{iso_duration(self.max)}`")

    def printed(self, value: Any) -> Any:
        return iso_duration(timedelta(seconds=value))

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise PydanticCustomError("input", "no value can fit: `min` is more than `max`")
        return self


def _between(value: str, after: str | None, before: str | None, printed: Callable[[Any], str]) -> None:
    if after is not None and value < after:
        raise ValueError(f"it must be after `{printed(after)}`")
    if before is not None and value > before:
        raise ValueError(f"it must be before `{printed(before)}`")


def _refuse_empty_range(after: str | None, before: str | None) -> None:
    if after is not None and before is not None and after > before:
        raise PydanticCustomError(
            "input",
            "no value can fit: `after` {after} is later than `before` {before}",
            {"after": after, "before": before},
        )
