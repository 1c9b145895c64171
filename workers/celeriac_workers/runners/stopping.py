"""What it means for a run that its attempt was told to stop."""

from celeriac.core.errors import Killed, TimedOut


class HandedOver(Killed):
    """The attempt was taken away from this worker; what runs on goes on under another one, or is removed by it."""


def raise_stopped(reason: str | None) -> None:
    """Does nothing for None. Raises: TimedOut for `timeout`, Killed for every other reason."""
    if reason == "timeout":
        raise TimedOut("The command was stopped: its timeout has passed")
    if reason:
        raise Killed(
            "The command was stopped: its execution was killed" if reason == "killed" else f"Stopped: {reason}"
        )
