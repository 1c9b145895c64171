"""One container from its start, or from where a lost worker left it, to its end."""

import math
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

import docker
import requests
from docker.errors import APIError

from celeriac.core.errors import RunnerFailed
from celeriac.core.runner import Attempt, Command, RunResult
from celeriac.plugins.runners.docker import Docker, FileHandling
from celeriac_workers.runners.docker_files import copy_outputs
from celeriac_workers.runners.docker_logs import Chunk, log_of
from celeriac_workers.runners.docker_usage import WRAPPER, Usage, read_usage
from celeriac_workers.runners.lines import LineSplitter
from celeriac_workers.runners.polling import polled
from celeriac_workers.runners.stopping import HandedOver, raise_stopped

_GRACE_S = 1.0
_TERMINATE = ["/bin/sh", "-c", "kill -s TERM -- -1"]
"""Reaches every process of the container but the first, which the kernel shields from signals without a handler."""


class NoShell(RunnerFailed):
    """The image has no shell, so its use of memory and processor cannot be written down."""


class ContainerRun:
    """Streams the lines of a container, stops it when the attempt has to stop, and fetches what it leaves.

    An attempt that is `lost` may have been adopted by another worker already: its container is not touched.

    wrapped: whether its entry point is `docker_usage.WRAPPER`.
    """

    def __init__(
        self,
        client: docker.APIClient,
        container: str,
        command: Command,
        options: Docker,
        attempt: Attempt,
        *,
        wrapped: bool,
    ) -> None:
        self._client = client
        self._container = container
        self._command = command
        self._options = options
        self._attempt = attempt
        self._wrapped = wrapped
        self._stopped: str | None = None

    def from_start(self, directory: str) -> RunResult:
        """Attaches before the start, so that no line is lost. directory: the working directory inside."""
        chunks = self._client.attach(self._container, stdout=True, stderr=True, stream=True, logs=False, demux=True)
        self._start()
        if not self._options.wait:
            return RunResult(0, {"containerId": self._container})
        self._deliver(chunks, {})
        return self._finish(directory)

    def from_middle(self, directory: str) -> RunResult:
        """Delivers the log from its first line.

        Following a log loses lines of a container that ends meanwhile; so it is read once more at the end.
        """
        delivered = self._deliver(log_of(self._client, self._container, follow=True), {})
        self._wait()
        self._deliver(log_of(self._client, self._container, follow=False), delivered)
        return self._finish(directory)

    def _start(self) -> None:
        try:
            self._client.start(self._container)
        except APIError as error:
            said = str(error.explanation or error)
            if self._wrapped and f'"{WRAPPER[0]}"' in said:
                raise NoShell(said) from error
            raise RunnerFailed(f"The container cannot be started: {said}{self._hint(said)}") from error

    def _hint(self, said: str) -> str:
        if "executable file not found" in said or "no such file or directory" in said:
            return f". Choose a `containerImage` that has `{self._command.argv[0]}`."
        return ""

    def _deliver(self, chunks: Iterable[Chunk], skip: Mapping[str, int]) -> dict[str, int]:
        """Hands over the lines but the first ones, {stream: how many to skip}; returns how many there were."""
        counts = {"stdout": 0, "stderr": 0}
        out, err = (LineSplitter(self._sink(stream, counts, skip)) for stream in counts)
        for stdout, stderr in polled(chunks, self._look):
            out.feed(stdout or b"")
            err.feed(stderr or b"")
        out.close()
        err.close()
        return counts

    def _sink(self, stream: str, counts: dict[str, int], skip: Mapping[str, int]) -> Callable[[bytes], None]:
        def sink(line: bytes) -> None:
            counts[stream] += 1
            if counts[stream] > skip.get(stream, 0):
                self._attempt.line(stream, line)

        return sink

    def _look(self) -> None:
        if self._stopped is None and (reason := self._attempt.stop_reason()):
            if reason == "lost":
                raise HandedOver("The attempt was taken away from this worker; its container was left as it is")
            self._stopped = reason
            threading.Thread(target=self._stop, name="container-stop", daemon=True).start()

    def _stop(self) -> None:
        grace = self._options.kill_grace_period
        seconds = _GRACE_S if grace is None else grace.total_seconds()
        with suppress(APIError, requests.exceptions.RequestException):
            if self._wrapped and seconds:
                self._client.exec_start(
                    self._client.exec_create(self._container, _TERMINATE, user="0")["Id"], detach=True
                )
            self._client.stop(self._container, timeout=math.ceil(seconds))

    def _wait(self) -> int:
        """The exit code, once the container has ended; usually it has when its streams are closed."""
        while True:
            try:
                return int(self._client.wait(self._container, timeout=1)["StatusCode"])
            except requests.exceptions.ReadTimeout:
                self._look()
            except requests.exceptions.ConnectionError as error:
                if "timed out" not in str(error).lower():
                    raise
                self._look()

    def _finish(self, directory: str) -> RunResult:
        exit_code = self._wait()
        raise_stopped(self._stopped)
        if exit_code and self._client.inspect_container(self._container)["State"].get("OOMKilled"):
            limit = self._options.memory.memory if self._options.memory else None
            raise RunnerFailed(
                f"The container ran out of memory{f' (limit {limit})' if limit else ''} and was ended with exit code "
                f"{exit_code}. Raise `memory.memory` of the task runner."
            )
        if self._command.outputs and self._options.file_handling_strategy == FileHandling.VOLUME:
            target = self._command.directory
            for path in copy_outputs(self._client, self._container, directory, self._command.outputs, target):
                self._attempt.notice("WARN", f"Output file `{path}` is a link that leads to no file")
        usage = read_usage(self._client, self._container) if self._wrapped else Usage()
        return RunResult(exit_code, {}, usage.cpu_s, usage.peak_memory_bytes)
