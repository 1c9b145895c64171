"""For task types that block in a library: end the call when the attempt must stop."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from celeriac.core.errors import Killed
from celeriac.core.task_type import TaskContext

_EVERY_S = 0.3


@contextmanager
def stopped_by(context: TaskContext, end: Callable[[], None]) -> Iterator[None]:
    """Calls `end` from another thread, again and again, once the attempt must stop, until the block is left.

    Raises: Killed on leaving the block when it was so, whatever the block raised.
    """
    left = threading.Event()
    stopped = threading.Event()

    def watch() -> None:
        while not left.wait(_EVERY_S):
            if stopped.is_set() or context.stopping():
                stopped.set()
                end()

    watcher = threading.Thread(target=watch, name="stop-watcher", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        left.set()
        watcher.join()
        if stopped.is_set():
            raise Killed("The attempt was told to stop")
