"""A clock that a test moves, for triggers."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hand_engine import HandEngine


@dataclass
class FakeClock:
    """`now` is what the engine takes for the present."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> datetime:
        """Later, by what `timedelta` takes."""
        self.now += timedelta(**span)
        return self.now


def clocked(engine: HandEngine, start: str = "2030-01-01T00:00:00+00:00") -> FakeClock:
    """Gives the engine a clock of the test's own."""
    clock = FakeClock(datetime.fromisoformat(start).astimezone(UTC))
    engine.app.surroundings = replace(engine.app.surroundings, now=clock)
    return clock
