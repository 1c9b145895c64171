"""Functions that ask the world: secrets, keys, files, logs, HTTP."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.printing import java_text, plain
from celeriac.core.expression.scope import Scope

IO_FUNCTIONS = frozenset({"read", "http", "fileSize", "fileExists", "isFileEmpty"})
"""Functions that may take a while; a task whose properties use one is not run inside `advance`."""
ROW_FUNCTIONS = frozenset({"errorLogs", "tasksWithState"})
"""Functions that read the stored rows of their own execution: `advance` writes what it has before it calls one."""


def kv(scope: Scope, key: Any, namespace: str | None = None, error_on_missing: Any = True) -> Any:
    """A value of the KV store."""
    return scope.world.kv(_text(key, "kv", "key"), namespace, error_on_missing is not False)


def secret(scope: Scope, key: Any, namespace: str | None = None, subkey: str | None = None, full: Any = False) -> Any:
    """A secret, or one field of a JSON secret; full: as a map."""
    value = scope.world.secret(_text(key, "secret", "key"), namespace, subkey)
    return {"value": value} if full else value


def read(scope: Scope, path: Any, namespace: str | None = None, version: Any = None, revision: Any = None) -> str:
    """The text of a stored file."""
    text = scope.world.read(_text(path, "read", "path"), namespace)
    scope.budget.spend(len(text) // 1000)
    return text


def file_uri(scope: Scope, path: Any, namespace: str | None = None) -> str:
    """The URI of a namespace file."""
    return scope.world.file_uri(_text(path, "fileURI", "path"), namespace)


def file_size(scope: Scope, path: Any, namespace: str | None = None) -> int:
    """Bytes of a stored file."""
    return scope.world.file_size(_uri(scope, path, namespace, "fileSize"))


def file_exists(scope: Scope, path: Any, namespace: str | None = None) -> bool:
    """True when the file is there."""
    return scope.world.file_exists(_uri(scope, path, namespace, "fileExists"))


def is_file_empty(scope: Scope, path: Any, namespace: str | None = None) -> bool:
    """True when the file has no bytes."""
    return scope.world.file_size(_uri(scope, path, namespace, "isFileEmpty")) == 0


def env(scope: Scope, name: Any, default: Any = None) -> Any:
    """A variable of the environment."""
    value = scope.world.env(_text(name, "env", "name"))
    return default if value is None else value


def http(
    scope: Scope,
    uri: Any,
    method: str = "GET",
    query: Any = None,
    body: Any = None,
    content_type: str | None = None,
    headers: Any = None,
    options: Any = None,
    accept: str | None = None,
) -> Any:
    """The answer of an HTTP call, parsed when it is JSON or YAML."""
    request = {
        "uri": _text(uri, "http", "uri"),
        "method": method,
        "query": plain(query),
        "body": body if body is None or isinstance(body, str) else json.dumps(plain(body), default=java_text),
        "contentType": content_type,
        "headers": plain(headers),
        "options": plain(options),
        "accept": accept,
    }
    return scope.world.http({name: value for name, value in request.items() if value is not None})


def _uri(scope: Scope, path: Any, namespace: str | None, function: str) -> str:
    text = _text(path, function, "path")
    return text if ":/" in text else scope.world.file_uri(text, namespace)


def _text(value: Any, function: str, argument: str) -> str:
    if not isinstance(value, str):
        raise ExpressionError(f"The function `{function}` expects an argument `{argument}` that is a text")
    return value


OUTSIDE_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "env": env,
    "errorLogs": lambda scope: scope.world.error_logs(),
    "fileExists": file_exists,
    "fileSize": file_size,
    "fileURI": file_uri,
    "http": http,
    "isFileEmpty": is_file_empty,
    "kv": kv,
    "read": read,
    "secret": secret,
    "tasksWithState": lambda scope, state: scope.world.tasks_with_state(state),
}
