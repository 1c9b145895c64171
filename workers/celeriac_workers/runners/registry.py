"""The task runners that this worker has, by the entry-point group `celeriac.runners`, and which one a task gets."""

from importlib.metadata import entry_points

from celeriac.core.errors import RunnerFailed
from celeriac.core.runner import Runner, RunnerType
from celeriac_workers.runners.settings import RunnerSettings

GROUP = "celeriac.runners"
DOCKER, PROCESS = "docker", "process"


class Runners:
    """Task runners, made on first use.

    default: for tasks that name none, empty = Docker when its engine answers, else Process. override: for every task.
    """

    def __init__(self, settings: RunnerSettings, default: str = "", override: str = "") -> None:
        self._settings = settings
        self._default = default
        self._override = override
        self._made: dict[str, Runner] = {}

    def names(self) -> list[str]:
        """What this worker can run on."""
        return sorted(entry.name for entry in entry_points(group=GROUP))

    def choose(self, wanted: RunnerType | None) -> tuple[Runner, RunnerType]:
        """The runner for a task and its properties. Raises: RunnerFailed when the worker has none of that name."""
        name = self._override or (type(wanted).name if wanted is not None else self._default or self._available())
        properties = wanted if wanted is not None and type(wanted).name == name else RunnerType()
        return self._runner(name), properties

    def _available(self) -> str:
        unavailable = self._class(DOCKER).unavailable(self._settings)
        self._default = PROCESS if unavailable else DOCKER
        return self._default

    def _runner(self, name: str) -> Runner:
        if name not in self._made:
            self._made[name] = self._class(name)(self._settings)
        return self._made[name]

    def _class(self, name: str):  # type: ignore[no-untyped-def] # an entry point is whatever a distribution names
        for entry in entry_points(group=GROUP, name=name):
            return entry.load()
        raise RunnerFailed(f"This worker has no task runner `{name}`: it has {', '.join(self.names())}")
