"""The values of loops, read by range as a visit needs them (engine.md §5)."""

from collections.abc import Mapping, Sequence

from celeriac.core.decision import WIDE
from celeriac.core.frames import Frame
from celeriac.store.execution_store import ExecutionStore


class LoopValues:
    """(seq of a loop's task run, iteration) → value.

    Reads as many as may be released, and four times as many each time a visit needs more.
    """

    def __init__(self, store: ExecutionStore, execution_id: str, frames: Mapping[int, Frame]) -> None:
        self._store = store
        self._execution_id = execution_id
        self._frames = frames
        self._known: dict[int, dict[int, str]] = {}
        self._ahead: dict[int, int] = {}

    def learn(self, seq: int, values: Sequence[str]) -> None:
        """The values of a loop that opens in this visit."""
        self._known[seq] = dict(enumerate(values))

    def __call__(self, seq: int, iteration: int) -> str:
        known = self._known.setdefault(seq, {})
        if iteration not in known:
            count = min(self._ahead.get(seq) or self._frames[seq].limit or WIDE, WIDE)
            self._ahead[seq] = 4 * count
            known.update(self._store.loop_values(self._execution_id, seq, iteration, iteration + count))
        return known[iteration]
