"""Retry policies: when, if at all, a failed attempt is followed by another."""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from celeriac.core.dates import Duration


class RetryBehavior(StrEnum):
    """Retry the failed task run in place, or the whole execution anew."""

    RETRY_FAILED_TASK = "RETRY_FAILED_TASK"
    CREATE_NEW_EXECUTION = "CREATE_NEW_EXECUTION"


class Retry(BaseModel):
    """What the three kinds share. `max_attempts` counts the first run; both limits None = for ever."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True)

    max_attempts: Annotated[
        int | None, Field(ge=1, validation_alias=AliasChoices("maxAttempts", "maxAttempt", "max_attempts"))
    ] = None
    max_duration: Duration | None = None
    warning_on_retry: bool = False
    behavior: RetryBehavior = RetryBehavior.RETRY_FAILED_TASK

    def delay(self, attempts: int, random: Callable[[], float]) -> timedelta:
        """The time between the end of attempt number `attempts` and the start of the next. random() → [0, 1)."""
        raise TypeError("a retry policy is constant, exponential or random")

    def next_us(self, attempts: int, first_start_us: int, last_end_us: int, random: Callable[[], float]) -> int | None:
        """When the next attempt starts, in microseconds since the epoch; None = no further attempt."""
        if self.max_attempts is not None and attempts >= self.max_attempts:
            return None
        date = last_end_us + self.delay(attempts, random) // timedelta(microseconds=1)
        if self.max_duration is not None and date > first_start_us + self.max_duration // timedelta(microseconds=1):
            return None
        return date

    @model_validator(mode="after")
    def _limits(self) -> Self:
        longest = getattr(self, "max_interval", None)
        shortest = {"interval": getattr(self, "interval", None), "minInterval": getattr(self, "min_interval", None)}
        for name, value in (*shortest.items(), ("maxInterval", longest)):
            if value is not None and self.max_duration is not None and value >= self.max_duration:
                raise PydanticCustomError("retry", f"'{name}' must be less than 'maxDuration'")
        for name, value in shortest.items():
            if value is not None and longest is not None and value >= longest:
                raise PydanticCustomError("retry", f"'{name}' must be less than 'maxInterval'")
        return self


class ConstantRetry(Retry):
    """The same delay each time."""

    type: Literal["constant"]
    interval: Duration

    def delay(self, attempts: int, random: Callable[[], float]) -> timedelta:
        return self.interval


class ExponentialRetry(Retry):
    """Each delay `delay_factor` times the one before, up to `max_interval`."""

    type: Literal["exponential"]
    interval: Duration
    max_interval: Duration
    delay_factor: float = 2.0

    def delay(self, attempts: int, random: Callable[[], float]) -> timedelta:
        shortest = max(self.interval, timedelta(microseconds=1))
        factor = min(self.delay_factor ** (attempts - 1), self.max_interval / shortest)
        return min(self.interval * factor, self.max_interval)


class RandomRetry(Retry):
    """A delay drawn between `min_interval` and `max_interval`."""

    type: Literal["random"]
    min_interval: Duration
    max_interval: Duration

    def delay(self, attempts: int, random: Callable[[], float]) -> timedelta:
        return self.min_interval + (self.max_interval - self.min_interval) * random()


AnyRetry = Annotated[ConstantRetry | ExponentialRetry | RandomRetry, Field(discriminator="type")]
