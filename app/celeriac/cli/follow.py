"""Follows an execution to its end: shows what happens, keeps the roles alive, passes a kill on."""

import contextlib
import time
from dataclasses import dataclass

from celeriac.cli.display import Display
from celeriac.cli.interrupts import Interrupts
from celeriac.cli.ports import Engine
from celeriac.cli.supervisor import Supervisor
from celeriac.cli.watch import News, Watch
from celeriac.core.errors import Refused

KILL_WITHIN_S = 40.0
_FIRST_POLL_S = 0.02
_LONGEST_POLL_S = 0.15


@dataclass(slots=True)
class Follower:
    """One execution, followed."""

    engine: Engine
    supervisor: Supervisor
    display: Display
    interrupts: Interrupts

    def follow(self, execution_id: str) -> None:
        """Returns when the execution and all that it started are done, or when a kill took too long.

        Raises: ChildKeepsEnding; KeyboardInterrupt at the second signal.
        """
        watch = Watch(self.engine.views, execution_id)
        poll_s = _FIRST_POLL_S
        kill_deadline: float | None = None
        while True:
            self._supervise()
            done = self._show(watch)
            if done or (kill_deadline is not None and time.monotonic() > kill_deadline):
                return
            if self.interrupts.count and kill_deadline is None:
                self._kill(watch)
                kill_deadline = time.monotonic() + KILL_WITHIN_S
            time.sleep(poll_s)
            poll_s = min(poll_s * 1.2, _LONGEST_POLL_S)

    def _supervise(self) -> None:
        for ended in self.supervisor.poll():
            how = f"signal {-ended.exit_code}" if ended.exit_code < 0 else f"exit code {ended.exit_code}"
            self.display.notice(f"{ended.name} ended ({how}), it is started again")

    def _show(self, watch: Watch) -> bool:
        """True when all is done and its last log lines are read (they come in batches)."""
        news: News = watch.look()
        self.display.show(watch, news)
        return not news.logs and all(progress.done for progress in watch.progresses.values())

    def _kill(self, watch: Watch) -> None:
        self.display.notice("killing the execution; once more to end at once")
        for progress in watch.progresses.values():
            if not progress.done:
                with contextlib.suppress(Refused):
                    self.engine.executions.kill(progress.id)
