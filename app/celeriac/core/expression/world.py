"""What expressions need of the outside, as a protocol; and a world in which there is nothing."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NoReturn, Protocol

from celeriac.core.errors import ExpressionError


class World(Protocol):
    """The outside of one rendering. Missing things raise CeleriacError; the renderer names the expression."""

    def now(self) -> datetime:
        """The current time, aware; its zone is the default zone of all dates."""

    def random(self) -> float:
        """A number in [0, 1)."""

    def kv(self, key: str, namespace: str | None, error_on_missing: bool) -> Any:
        """A value of the KV store; None = the flow's namespace, then its parents."""

    def secret(self, name: str, namespace: str | None, subkey: str | None) -> str:
        """A secret; subkey = a field of its JSON text."""

    def read(self, uri_or_path: str, namespace: str | None) -> str:
        """The text of a stored file or of a namespace file."""

    def file_uri(self, path: str, namespace: str | None) -> str:
        """The URI of a namespace file."""

    def file_size(self, uri: str) -> int:
        """Bytes."""

    def file_exists(self, uri: str) -> bool: ...

    def error_logs(self) -> list[dict[str, Any]]:
        """Error logs of the execution: taskId, message …"""

    def tasks_with_state(self, state: str) -> list[dict[str, Any]]:
        """Task runs in a state: taskId, state, value."""

    def env(self, name: str) -> str | None:
        """A variable of the environment that flows may see."""

    def http(self, request: Mapping[str, Any]) -> Any:
        """One HTTP call: uri, method, query, body, contentType, headers, options, accept; JSON and YAML are parsed."""


class NoWorld:
    """Only a clock and chance, given by the caller."""

    def __init__(self, now: Callable[[], datetime], random: Callable[[], float]) -> None:
        self.now = now
        self.random = random

    def kv(self, key: str, namespace: str | None, error_on_missing: bool) -> Any:
        _absent("kv")

    def secret(self, name: str, namespace: str | None, subkey: str | None) -> str:
        _absent("secret")

    def read(self, uri_or_path: str, namespace: str | None) -> str:
        _absent("read")

    def file_uri(self, path: str, namespace: str | None) -> str:
        _absent("fileURI")

    def file_size(self, uri: str) -> int:
        _absent("fileSize")

    def file_exists(self, uri: str) -> bool:
        _absent("fileExists")

    def error_logs(self) -> list[dict[str, Any]]:
        _absent("errorLogs")

    def tasks_with_state(self, state: str) -> list[dict[str, Any]]:
        _absent("tasksWithState")

    def env(self, name: str) -> str | None:
        _absent("env")

    def http(self, request: Mapping[str, Any]) -> Any:
        _absent("http")


def _absent(function: str) -> NoReturn:
    raise ExpressionError(f"The function `{function}` is not available here")
