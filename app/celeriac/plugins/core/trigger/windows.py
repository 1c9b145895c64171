"""Windows of time within which the executions that a Flow trigger waits for must happen."""

from datetime import time
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from celeriac.core.dates import Duration
from celeriac.core.flow import Model

_NAMES = {"deadline": "a deadline", "start_time": "a start time", "end_time": "an end time", "window": "a window"}
_NEEDED: dict[str, tuple[str, ...]] = {
    "DAILY_TIME_DEADLINE": ("deadline",),
    "DAILY_TIME_WINDOW": ("start_time", "end_time"),
    "DURATION_WINDOW": (),
    "SLIDING_WINDOW": (),
}
_ALLOWED: dict[str, tuple[str, ...]] = {
    "DAILY_TIME_DEADLINE": ("deadline",),
    "DAILY_TIME_WINDOW": ("start_time", "end_time"),
    "DURATION_WINDOW": ("window",),
    "SLIDING_WINDOW": ("window",),
}


class TimeWindow(Model):
    """`preconditions.timeWindow` (up to 1.x). Without a window: a day. Times are UTC unless they carry an offset."""

    type: Literal["DURATION_WINDOW", "SLIDING_WINDOW", "DAILY_TIME_DEADLINE", "DAILY_TIME_WINDOW"] = "DURATION_WINDOW"
    deadline: time | None = None
    start_time: time | None = None
    end_time: time | None = None
    window: Duration | None = None
    window_advance: Duration | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        missing = [f"must have {_NAMES[name]}" for name in _NEEDED[self.type] if getattr(self, name) is None]
        surplus = [
            f"cannot have {text}"
            for name, text in _NAMES.items()
            if name not in _ALLOWED[self.type] and getattr(self, name) is not None
        ]
        if missing or surplus:
            reasons = " ".join(f"Time window of type `{self.type}` {reason}." for reason in (*missing, *surplus))
            raise PydanticCustomError("window", "{reasons}", {"reasons": reasons})
        return self


class Window(Model):
    """`window` of a Flow trigger (2.0): a deadline, a span of the day, a rhythm, or a time looked back."""

    deadline: time | None = None
    from_: Annotated[time | None, Field(alias="from")] = None
    to: time | None = None
    every: Duration | None = None
    offset: Duration | None = None
    lookback: Duration | None = None
    timezone: str | None = None
    fire_once: bool = False
