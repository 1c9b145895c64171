"""Inputs whose value is a number or a truth value."""

from collections.abc import Sequence
from typing import Any, Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from celeriac.core.inputs.model import Input
from celeriac.core.inputs.shown import shown


class IntInput(Input):
    """A whole number of 32 bits; the limits are inclusive."""

    type: Literal["INT"]
    min: int | None = None
    max: int | None = None

    def check(self, value: Any, choices: Sequence[str] | None = None) -> None:
        _within(value, self.min, self.max)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _refuse_empty_range(self.min, self.max)
        return self


class FloatInput(Input):
    """A number; the limits are inclusive."""

    type: Literal["FLOAT"]
    min: float | None = None
    max: float | None = None

    def check(self, value: Any, choices: Sequence[str] | None = None) -> None:
        _within(float(value), self.min, self.max)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _refuse_empty_range(self.min, self.max)
        return self


class BoolInput(Input):
    """`true` in any case is true, every other text is false. BOOLEAN is the older name."""

    type: Literal["BOOL", "BOOLEAN"]


def _within(value: float, low: float | None, high: float | None) -> None:
    if low is not None and value < low:
        raise ValueError(f"it must be more than `{shown(low)}`")
    if high is not None and value > high:
        raise ValueError(f"it must be less than `{shown(high)}`")


def _refuse_empty_range(low: float | None, high: float | None) -> None:
    if low is not None and high is not None and low > high:
        raise PydanticCustomError(
            "input", "no value can fit: `min` {low} is more than `max` {high}", {"low": shown(low), "high": shown(high)}
        )
