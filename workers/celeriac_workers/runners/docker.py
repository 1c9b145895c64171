"""The Docker task runner: each command in a container of its own, which is removed afterwards."""

import math
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import docker
import requests
from docker.errors import APIError, NotFound

from celeriac.core.errors import RunnerFailed
from celeriac.core.runner import Attempt, Command, RunnerType, RunResult
from celeriac.plugins.runners.docker import Docker, FileHandling
from celeriac_workers.runners.docker_client import connect, engine_errors
from celeriac_workers.runners.docker_files import archive_of, copy_outputs
from celeriac_workers.runners.docker_images import Image, provide_image
from celeriac_workers.runners.docker_options import create_container
from celeriac_workers.runners.docker_packages import fill_volume, packages_volume
from celeriac_workers.runners.docker_usage import Usage
from celeriac_workers.runners.engine import Engine, NoEngine, find_engine
from celeriac_workers.runners.lines import LineSplitter
from celeriac_workers.runners.polling import polled
from celeriac_workers.runners.settings import RunnerSettings
from celeriac_workers.runners.stopping import raise_stopped

_DEFAULT_IMAGE = "ubuntu"
_GRACE_S = 1.0
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
        with self._connected(options) as (client, engine):
            image = provide_image(client, options.image or command.image or _DEFAULT_IMAGE, options, attempt)
            volume = packages_volume(client, image, command)
            container = create_container(client, command, image, options, self._settings, volume)
            with _removed(client, container, keep=not options.delete or not options.wait):
                if volume:
                    fill_volume(client, volume, container, image, command, options, attempt)
                _put_files(client, container, command, options, image)
                attempt.started({"engine": _engine_id(client), "host": engine.host, "container": container})
                return _Run(client, container, command, options, attempt).from_start(image)

    def adopt(self, handle: Mapping[str, Any], command: Command, properties: RunnerType, attempt: Attempt) -> RunResult:
        """Takes over a container, running or ended, and delivers all its lines from the first one on.

        The caller drops the lines it has; within one stream their order is that of the first delivery.
        Raises: as `run`; RunnerFailed also when the container is gone or the runner has `resume: false`.
        """
        options = properties if isinstance(properties, Docker) else Docker()
        container = str(handle["container"])
        with self._connected(options, handle.get("host")) as (client, _):
            try:
                details = client.inspect_container(container)
            except NotFound as error:
                raise RunnerFailed(f"The container {container[:12]} of the lost worker is gone") from error
            with _removed(client, container, keep=not options.delete):
                if not options.resume:
                    raise RunnerFailed("The worker was lost, and `resume: false` forbids to go on with its container")
                run = _Run(client, container, command, options, attempt, inside=details["Config"]["WorkingDir"])
                if details["State"]["Status"] == "created":
                    return run.from_start(None)
                return run.from_middle()

    @contextmanager
    def _connected(self, options: Docker, host: str | None = None) -> Iterator[tuple[docker.APIClient, Engine]]:
        engine = find_engine(self._settings.environ, options.host or host)
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


class _Run:
    """One container, from its start or from the middle to its end."""

    def __init__(
        self,
        client: docker.APIClient,
        container: str,
        command: Command,
        options: Docker,
        attempt: Attempt,
        inside: str | None = None,
    ) -> None:
        self._client = client
        self._container = container
        self._command = command
        self._options = options
        self._attempt = attempt
        self._inside = inside or str(command.directory)
        self._usage = Usage(client, container)
        self._stopped: str | None = None

    def from_start(self, image: Image | None) -> RunResult:
        """Attaches before the start, so that no line is lost."""
        chunks = self._client.attach(self._container, stdout=True, stderr=True, stream=True, logs=False, demux=True)
        try:
            self._client.start(self._container)
        except APIError as error:
            name = image.name if image else self._command.image
            raise RunnerFailed(_start_failure(str(error.explanation or error), self._command.argv[0], name)) from error
        if not self._options.wait:
            return RunResult(0, {"containerId": self._container})
        self._deliver(chunks, {})
        return self._finish()

    def from_middle(self) -> RunResult:
        """Follows the log of the container from its first line.

        Following loses lines of a container that ends meanwhile, so the whole log is read again at the end.
        """
        counts: dict[str, int] = {}
        self._deliver(self._logs(follow=True), counts)
        self._wait()
        self._deliver(self._logs(follow=False), {}, skip=counts)
        return self._finish()

    def _logs(self, *, follow: bool) -> Iterable[tuple[bytes | None, bytes | None]]:
        for stream in ("stdout", "stderr") if not follow else ("both",):
            out, err = stream != "stderr", stream != "stdout"
            if not follow:
                for data in self._client.logs(self._container, stdout=out, stderr=err, stream=True, follow=False):
                    yield (data, None) if out else (None, data)
            else:
                yield from self._client.attach(
                    self._container, stdout=True, stderr=True, stream=True, logs=True, demux=True
                )

    def _deliver(
        self, chunks: Iterable[tuple[bytes | None, bytes | None]], counts: dict[str, int], skip: Mapping[str, int] | None = None
    ) -> None:
        splitters = {name: LineSplitter(self._sink(name, counts, skip or {})) for name in ("stdout", "stderr")}
        for out, err in polled(chunks, self._look):
            if out:
                splitters["stdout"].feed(out)
            if err:
                splitters["stderr"].feed(err)
        for splitter in splitters.values():
            splitter.close()

    def _sink(self, stream: str, counts: dict[str, int], skip: Mapping[str, int]) -> Callable[[bytes], None]:
        counts[stream] = 0

        def sink(line: bytes) -> None:
            counts[stream] += 1
            if counts[stream] > skip.get(stream, 0):
                self._attempt.line(stream, line)

        return sink

    def _look(self) -> None:
        if self._stopped is not None:
            return
        self._usage.sample()
        self._stopped = self._attempt.stop_reason()
        if self._stopped is not None:
            threading.Thread(target=self._stop, name="container-stop", daemon=True).start()

    def _stop(self) -> None:
        grace = self._options.kill_grace_period
        seconds = _GRACE_S if grace is None else grace.total_seconds()
        self._client.stop(self._container, timeout=math.ceil(seconds))

    def _wait(self) -> int:
        """Waits for the end of the container; usually it has ended already. Returns the exit code."""
        while True:
            try:
                return int(self._client.wait(self._container, timeout=1)["StatusCode"])
            except requests.exceptions.ReadTimeout:
                self._look()
            except requests.exceptions.ConnectionError as error:
                if "timed out" not in str(error).lower():
                    raise
                self._look()

    def _finish(self) -> RunResult:
        exit_code = self._wait()
        raise_stopped(self._stopped)
        if exit_code and self._client.inspect_container(self._container)["State"].get("OOMKilled"):
            limit = self._options.memory.memory if self._options.memory else None
            raise RunnerFailed(
                f"The container ran out of memory{f' (limit {limit})' if limit else ''} and was ended with exit code "
                f"{exit_code}. Raise `memory.memory` of the task runner."
            )
        if self._command.outputs and self._options.file_handling_strategy is FileHandling.VOLUME:
            directory = self._command.directory
            for path in copy_outputs(self._client, self._container, self._inside, self._command.outputs, directory):
                self._attempt.notice("WARN", f"Output file `{path}` is a link that leads to no file")
        return RunResult(exit_code, {}, self._usage.cpu_s, self._usage.peak_memory_bytes)


@contextmanager
def _removed(client: docker.APIClient, container: str, *, keep: bool) -> Iterator[None]:
    try:
        yield
    except BaseException:
        remove_container(client, container)
        raise
    if not keep:
        remove_container(client, container)


def remove_container(client: docker.APIClient, container: str) -> None:
    """Ends and removes a container with its unnamed volumes; nothing happens when it, or its engine, is gone."""
    try:
        client.remove_container(container, v=True, force=True)
    except (APIError, requests.exceptions.RequestException):
        return


def _put_files(client: docker.APIClient, container: str, command: Command, options: Docker, image: Image) -> None:
    open_to_all = (options.user or image.user) not in _ROOT
    client.put_archive(container, "/", archive_of(command.directory, open_to_all=open_to_all))


def _engine_id(client: docker.APIClient) -> str:
    return str(client.info().get("ID", ""))


def _start_failure(said: str, program: str, image: str | None) -> str:
    if "executable file not found" in said or "no such file or directory" in said:
        return f"The image `{image}` has no `{program}`: choose a `containerImage` that has it. The engine says: {said}"
    return f"The container of the image `{image}` cannot be started: {said}"
