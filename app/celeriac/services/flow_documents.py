"""Flows as the API returns them: Kestra's names and shapes, the parsed YAML as data."""

from typing import Any, Protocol

from celeriac.flowfile import plain
from celeriac.services.variables import iso

Document = dict[str, Any]
_OWN = ("id", "namespace", "revision", "source", "deleted", "draft", "tenantId", "updated")
"""What the server says of a flow, whatever its text says."""


class Written(Protocol):
    """A revision, as the store or a service gives it."""

    @property
    def namespace(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def revision(self) -> int: ...
    @property
    def source(self) -> str: ...
    @property
    def created_us(self) -> int: ...
    @property
    def is_deletion(self) -> bool: ...


def flow_document(stored: Written, *, with_source: bool = False) -> Document:
    """A revision of a flow; whatever of its text cannot be read is left out."""
    data = plain(stored.source)
    written = data if isinstance(data, dict) else {}
    document: Document = {
        "id": stored.id,
        "namespace": stored.namespace,
        "revision": stored.revision,
        **{key: value for key, value in written.items() if key not in _OWN},
        "description": None if written.get("description") is None else _text(written["description"]),
        "labels": _labels(written.get("labels")),
        "disabled": _is_true(written.get("disabled")),
        "draft": False,
        "deleted": stored.is_deletion,
        "updated": iso(stored.created_us),
    }
    return document | {"source": stored.source} if with_source else document


def _labels(written: Any) -> list[Document]:
    """[{key, value}], however they are written."""
    if isinstance(written, dict):
        return [{"key": str(key), "value": _text(value)} for key, value in written.items()]
    if isinstance(written, list):
        return [{"key": str(one.get("key")), "value": _text(one.get("value"))} for one in written if _is_pair(one)]
    return []


def _is_pair(one: Any) -> bool:
    return isinstance(one, dict) and "key" in one


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_true(written: Any) -> bool:
    return written is True or str(written).lower() == "true"
