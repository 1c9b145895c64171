"""The Docker task runner: each command in a container of its own, which is removed afterwards."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import docker
from docker.errors import NotFound

from celeriac.core.errors import RunnerFailed
from celeriac.core.runner import Attempt, Command, RunnerType, RunResult
from celeriac.plugins.runners.docker import Docker
from celeriac_workers.runners.containers import remove_container
from celeriac_workers.runners.docker_client import connect, engine_errors
from celeriac_workers.runners.docker_files import archive_of
from celeriac_workers.runners.docker_images import Image, provide_image
from celeriac_workers.runners.docker_options import create_container
from celeriac_workers.runners.docker_packages import fill_volume, packages_volume
from celeriac_workers.runners.docker_run import ContainerRun, NoShell
from celeriac_workers.runners.docker_usage import SCRIPT, WRAPPER
from celeriac_workers.runners.engine import Engine, NoEngine, find_engine
from celeriac_workers.runners.settings import RunnerSettings
from celeriac_workers.runners.stopping import HandedOver

_DEFAULT_IMAGE = "ubuntu"
_ROOT = ("", "0", "root", "0:0", "root:root")


class DockerRunner:
    """Runs commands on the engine of this machine, or on the one that a task names."""

    def __init__(self, settings: RunnerSettings) -> None:
        self._settings = settings

    @staticmethod
    def unavailable(settings: RunnerSettings) -> str | None:
        """Why no container can run here; None = an engine answers."""
        found = find_engine(settings.environ)
        return found.reason if isinstance(found, NoEngine) else None

    def run(self, command: Command, properties: RunnerType, attempt: Attempt) -> RunResult:
        """Raises: RunnerFailed, TimedOut, Killed."""
        options = properties if isinstance(properties, Docker) else Docker()
        attempt = _Noting(attempt)
        own = tuple(word for word in options.entry_point or () if word)
        with self._connected(options.host) as (client, engine):
            image = provide_image(client, options.image or command.image or _DEFAULT_IMAGE, options, attempt)
            job = _Job(client, engine, image, command, options, attempt, self._settings)
            try:
                return job.run(own or WRAPPER)
            except NoShell:
                return job.run(("",))

    def adopt(self, handle: Mapping[str, Any], command: Command, properties: RunnerType, attempt: Attempt) -> RunResult:
        """Takes over a container, running or ended, and delivers all from the beginning: notices, then every line.

        So the caller can drop what it has by its number. Lines of one stream keep their order; those of the two streams
        among each other as far as the engine's log does.
        Raises: as `run`; RunnerFailed also when the container is gone or the runner has `resume: false`.
        """
        options = properties if isinstance(properties, Docker) else Docker()
        container = str(handle["container"])
        with self._connected(options.host or handle.get("host")) as (client, _):
            try:
                details = client.inspect_container(container)
            except NotFound as error:
                raise RunnerFailed(f"The container {container[:12]} of the lost worker is gone") from error
            with _removed(client, container, keep=not options.delete):
                if not options.resume:
                    raise RunnerFailed("The worker was lost, and `resume: false` forbids to go on with its container")
                for level, message in handle.get("notices") or ():
                    attempt.notice(level, message)
                config = details["Config"]
                run = ContainerRun(client, container, command, options, attempt, wrapped=_is_wrapped(config))
                if details["State"]["Status"] == "created":
                    return run.from_start(config["WorkingDir"])
                return run.from_middle(config["WorkingDir"])

    @contextmanager
    def _connected(self, host: str | None) -> Iterator[tuple[docker.APIClient, Engine]]:
        engine = find_engine(self._settings.environ, host)
        if isinstance(engine, NoEngine):
            raise RunnerFailed(
                f"{engine.reason}. Start an engine, or run without one: `--runner process`, or "
                "`taskRunner: {type: io.kestra.plugin.core.runner.Process}`."
            )
        client = connect(engine)
        try:
            with engine_errors(engine.host):
                yield client, engine
        finally:
            client.close()


class _Noting:
    """An attempt that remembers its notices, so that who adopts the container can count lines as they were."""

    def __init__(self, attempt: Attempt) -> None:
        self.notices: list[tuple[str, str]] = []
        self.line = attempt.line
        self.started = attempt.started
        self.stop_reason = attempt.stop_reason
        self._attempt = attempt

    def notice(self, level: str, message: str) -> None:
        self.notices.append((level, message))
        self._attempt.notice(level, message)


@dataclass(frozen=True, slots=True)
class _Job:
    """One command on one engine."""

    client: docker.APIClient
    engine: Engine
    image: Image
    command: Command
    options: Docker
    attempt: _Noting
    settings: RunnerSettings

    def run(self, entry_point: tuple[str, ...]) -> RunResult:
        """Raises: NoShell when the entry point needs a shell that the image has not."""
        client, command, options, attempt = self.client, self.command, self.options, self.attempt
        volume = packages_volume(client, self.image, command)
        container = create_container(
            client, command, self.image, options, self.settings, volume=volume, entry_point=entry_point
        )
        with _removed(client, container, keep=not options.delete or not options.wait):
            if volume:
                fill_volume(client, volume, container, self.image, command, options, attempt)
            client.put_archive(container, "/", self._archive())
            attempt.started(
                {
                    "engine": _engine_id(client),
                    "host": self.engine.host,
                    "container": container,
                    "notices": list(attempt.notices),
                }
            )
            run = ContainerRun(client, container, command, options, attempt, wrapped=entry_point == WRAPPER)
            return run.from_start(str(command.directory))

    def _archive(self) -> Iterator[bytes]:
        open_to_all = (self.options.user or self.image.user) not in _ROOT
        return archive_of(self.command.directory, {"run": SCRIPT, "usage": b""}, open_to_all=open_to_all)


@contextmanager
def _removed(client: docker.APIClient, container: str, *, keep: bool) -> Iterator[None]:
    try:
        yield
    except HandedOver:
        raise
    except BaseException:
        remove_container(client, container)
        raise
    if not keep:
        remove_container(client, container)


def _engine_id(client: docker.APIClient) -> str:
    return str(client.info().get("ID", ""))


def _is_wrapped(config: Mapping[str, Any]) -> bool:
    return tuple(config.get("Entrypoint") or ()) == WRAPPER
