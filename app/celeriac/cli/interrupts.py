"""Ctrl-C and SIGTERM: the first one ends the execution in order, the second one ends everything at once."""

import signal
from types import FrameType, TracebackType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """Counts the signals while its block runs. Impatient (at first): a signal raises KeyboardInterrupt at once."""

    def __init__(self) -> None:
        self.count = 0
        self.patient = False
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> "Interrupts":
        wanted = [number for number in _SIGNALS if not _left_to_nohup(number)]
        self._before = {number: signal.signal(number, self._note) for number in wanted}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type] # whatever was there before

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if not self.patient or self.count > 1:
            raise KeyboardInterrupt


def _left_to_nohup(number: signal.Signals) -> bool:
    return number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN
