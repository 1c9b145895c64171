"""Flows as the API returns them: Kestra's names and shapes, the parsed YAML as data."""

from typing import Any

from celeriac.flowfile import plain
from celeriac.services.variables import iso
from celeriac.store.flow_store import StoredFlow

Document = dict[str, Any]
_OWN = ("id", "namespace", "revision", "source", "deleted", "draft", "tenantId", "updated")
"""What the server says of a flow, whatever its text says."""


def flow_document(stored: StoredFlow, *, with_source: bool = False) -> Document:
    """A revision of a flow; whatever of its text cannot be read is left out."""
    data = plain(stored.source)
    written = data if isinstance(data, dict) else {}
    document: Document = {
        "id": stored.id,
        "namespace": stored.namespace,
        "revision": stored.revision,
        **{key: value for key, value in written.items() if key not in _OWN},
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
