"""The real clock and chance; core takes both as arguments."""

import random
from datetime import UTC, datetime


def now() -> datetime:
    """The present, aware, in UTC."""
    return datetime.now(UTC)


def chance() -> float:
    """A number in [0, 1) that nobody can foretell: ids and keys are made of it."""
    return random.SystemRandom().random()
