"""`core.flow.Sleep`: waits; a date in the database, no worker is held."""

from typing import ClassVar

from celeriac.core.dates import Duration
from celeriac.core.dynamic import Dynamic
from celeriac.core.flow import Mode, Task


class Sleep(Task):
    """Waits for a duration before the next task starts.

    Example:
        id: pause_between
        namespace: company.team
        tasks:
          - id: wait
            type: io.kestra.plugin.core.flow.Sleep
            duration: PT0.5S
          - id: done
            type: io.kestra.plugin.core.log.Log
            message: half a second later
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.flow.Sleep"
    mode: ClassVar[Mode] = Mode.TIMER

    duration: Dynamic[Duration]
