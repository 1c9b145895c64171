"""What the tests of expressions share: a small world, and a renderer in it."""

import random
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from celeriac.core.errors import KeyNotFound, SecretNotFound, StoredFileNotFound
from celeriac.core.expression import Renderer

collect_ignore = [] if (Path(__file__).parents[4] / "shared" / "conformance").is_dir() else ["test_probes.py"]
"""Cases of the real engines, where they are at hand."""

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=ZoneInfo("UTC"))


class SmallWorld:
    """One key, one secret, one file; a clock that stands."""

    def __init__(self) -> None:
        self.random = random.Random(1).random
        self.requests: list[Mapping[str, Any]] = []

    def now(self) -> datetime:
        return NOW

    def kv(self, key: str, namespace: str | None, error_on_missing: bool) -> Any:
        if key == "counter":
            return 41 if namespace is None else f"{namespace}/{key}"
        if error_on_missing:
            raise KeyNotFound(f"No key `{key}`")
        return None

    def secret(self, name: str, namespace: str | None, subkey: str | None) -> str:
        if name != "TOKEN":
            raise SecretNotFound(f"No secret `{name}`")
        return f"s3cret/{subkey}" if subkey else "s3cret"

    def read(self, uri_or_path: str, namespace: str | None) -> str:
        if uri_or_path not in ("kestra:///a.txt", "nsfile:///a.txt", "a.txt"):
            raise StoredFileNotFound(f"No file `{uri_or_path}`")
        return "content"

    def file_uri(self, path: str, namespace: str | None) -> str:
        return f"nsfile:///{path}"

    def file_size(self, uri: str) -> int:
        return len(self.read(uri, None))

    def file_exists(self, uri: str) -> bool:
        return uri.endswith("/a.txt")

    def error_logs(self) -> list[dict[str, Any]]:
        return [{"taskId": "bad", "message": "broken"}]

    def tasks_with_state(self, state: str) -> list[dict[str, Any]]:
        return [{"taskId": "bad", "state": state.upper(), "value": None}]

    def env(self, name: str) -> str | None:
        return {"HOME": "/root"}.get(name)

    def http(self, request: Mapping[str, Any]) -> Any:
        self.requests.append(request)
        return {"ok": True}


@pytest.fixture
def world() -> SmallWorld:
    return SmallWorld()


@pytest.fixture
def render(world: SmallWorld) -> Callable[..., Any]:
    """render(text, typed=False, **variables)."""
    return lambda value, typed=False, **variables: Renderer(world).render(value, variables, typed=typed)
