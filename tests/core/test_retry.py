"""When a failed attempt is followed by another."""

import pytest
from pydantic import TypeAdapter, ValidationError

from celeriac.core.retry import AnyRetry, Retry

RETRY: TypeAdapter[Retry] = TypeAdapter(AnyRetry)
SECOND = 1_000_000


def next_us(policy: dict[str, object], attempts: int, first_us: int = 0, end_us: int = 0) -> int | None:
    return RETRY.validate_python(policy).next_us(attempts, first_us, end_us, lambda: 0.5)


def test_a_constant_retry_waits_its_interval_after_the_end_of_the_attempt() -> None:
    assert next_us({"type": "constant", "interval": "PT5S"}, 1, end_us=7 * SECOND) == 12 * SECOND


def test_an_exponential_retry_grows_by_its_factor_up_to_its_longest_interval() -> None:
    policy = {"type": "exponential", "interval": "PT1S", "maxInterval": "PT5S", "delayFactor": 2}

    delays = [next_us(policy, attempts) for attempts in (1, 2, 3, 4, 400)]

    assert delays == [SECOND, 2 * SECOND, 4 * SECOND, 5 * SECOND, 5 * SECOND]


def test_a_random_retry_draws_between_its_intervals() -> None:
    assert next_us({"type": "random", "minInterval": "PT1S", "maxInterval": "PT3S"}, 1) == 2 * SECOND


@pytest.mark.parametrize("name", ["maxAttempts", "maxAttempt"])
def test_the_first_run_counts_among_the_attempts(name: str) -> None:
    policy = {"type": "constant", "interval": "PT1S", name: 3}

    assert [next_us(policy, attempts) is not None for attempts in (1, 2, 3)] == [True, True, False]


def test_no_attempt_starts_after_the_longest_duration() -> None:
    policy = {"type": "constant", "interval": "PT1S", "maxDuration": "PT10S"}

    assert next_us(policy, 5, end_us=8 * SECOND) is not None
    assert next_us(policy, 5, end_us=10 * SECOND) is None


def test_an_interval_as_long_as_the_longest_duration_is_refused() -> None:
    with pytest.raises(ValidationError, match="'interval' must be less than 'maxDuration'"):
        RETRY.validate_python({"type": "constant", "interval": "PT10S", "maxDuration": "PT10S"})
