"""Where files lie in the internal storage: `kestra:///` URIs and the keys behind them. Pure functions.

    kestra:///{namespace as path}/{flow}/executions/{execution}/tasks/{task}/{task run}/{attempt}/{file}
    kestra:///{namespace as path}/{flow}/executions/{execution}/inputs/{input}/{file}
    kestra:///{namespace as path}/_files/{path}

A key is the path of its URI without the leading slash, still percent-encoded: one spelling everywhere.
"""

import re
from urllib.parse import quote, unquote

from celeriac.core.errors import Refused
from celeriac.core.task_type import Identity

SCHEME = "kestra://"
NAMESPACE_SCHEME = "nsfile://"

_ENCODED = re.compile(r'[\x00-\x20\x7f"#%<>?\\^`{|}]')
_EXECUTION = re.compile(r"/executions/([^/]+)/(?:tasks|inputs|trigger)/")


def task_file(identity: Identity, name: str) -> str:
    """The URI of a file written by an attempt; `name` may hold folders. Raises: Refused."""
    where = f"{execution_folder(identity.namespace, identity.flow_id, identity.execution_id)}tasks/"
    return f"{where}{identity.task_id}/{identity.task_run_id}/{identity.attempt}/{encode(name)}"


def input_file(namespace: str, flow_id: str, execution_id: str, input_id: str, name: str) -> str:
    """The URI of a file given as an input. Raises: Refused."""
    return f"{execution_folder(namespace, flow_id, execution_id)}inputs/{encode(input_id)}/{encode(name)}"


def execution_folder(namespace: str, flow_id: str, execution_id: str) -> str:
    """The prefix of all files of an execution, with its last slash."""
    return f"{SCHEME}/{namespace.replace('.', '/')}/{flow_id}/executions/{execution_id}/"


def namespace_folder(namespace: str) -> str:
    """The prefix of the stored files of a namespace, with its last slash."""
    return f"{SCHEME}/{namespace.replace('.', '/')}/_files/"


def namespace_file(namespace: str, path: str) -> str:
    """The `nsfile://` URI of a file of a namespace. Raises: Refused."""
    return f"{NAMESPACE_SCHEME}{namespace}/{encode(path)}"


def parse_namespace_file(uri: str, namespace: str) -> tuple[str, str]:
    """(namespace, path) of an `nsfile://` URI; without a namespace in it (`nsfile:///a.py`) the given one.

    Raises: Refused.
    """
    if not uri.startswith(NAMESPACE_SCHEME):
        raise Refused(f"`{uri}` is no URI of a namespace file such as nsfile:///path/of/file")
    host, _, path = uri.removeprefix(NAMESPACE_SCHEME).partition("/")
    return host or namespace, check_path(unquote(path), uri)


def key_of(uri: str) -> str:
    """The key of a `kestra:///` URI in the store. Raises: Refused for another scheme or a path that leaves the root."""
    if not uri.startswith(f"{SCHEME}/"):
        raise Refused(f"`{uri}` is no URI of internal storage (kestra:///…)")
    key = uri[len(SCHEME) + 1 :]
    check_path(unquote(key), uri)
    return _ENCODED.sub(lambda match: match[0] if match[0] == "%" else quote(match[0]), key)


def uri_of(key: str) -> str:
    """The inverse of `key_of`."""
    return f"{SCHEME}/{key}"


def encode(name: str) -> str:
    """A file name, perhaps with folders, as part of a URI. Raises: Refused."""
    return _ENCODED.sub(lambda match: quote(match[0]), check_path(name))


def file_name(uri: str) -> str:
    """The last segment of a URI, decoded."""
    return unquote(uri.rstrip("/").rpartition("/")[2])


def file_path(encoded: str) -> str:
    """The inverse of `encode`."""
    return unquote(encoded)


def execution_of(uri: str) -> str | None:
    """The id of the execution that a file belongs to; None for namespace files and other URIs."""
    found = _EXECUTION.search(uri) if uri.startswith(f"{SCHEME}/") else None
    return found[1] if found else None


def belongs_to(uri: str, execution_id: str) -> bool:
    """True for a file of this execution: its inputs, its task runs, its trigger."""
    return execution_of(uri) == execution_id


def check_path(path: str, whole: str = "") -> str:
    """The path itself. `whole` stands for it in the message. Raises: Refused when it could leave its root."""
    if any(segment in ("", ".", "..") for segment in path.split("/")):
        raise Refused(f"`{whole or path}`: a path in the storage has no empty parts and no `.` or `..`")
    return path
