"""The KV store: values by namespace and key."""

from typing import Any

from flask import Blueprint, Response

from celeriac.core.errors import KeyNotFound
from celeriac.services.variables import iso
from celeriac.store.key_list_store import KeyRow
from celeriac.web.api import celeriac
from celeriac.web.bodies import read_body
from celeriac.web.json_text import json_answer
from celeriac.web.models.key_values import (
    KeyDocument,
    KeyHeaders,
    Keys,
    KeysFound,
    KeysGone,
    SearchKeys,
    ValueDocument,
    WasThere,
)
from celeriac.web.openapi import Body, operation
from celeriac.web.params import filters, wrong
from celeriac.web.yaml_text import decoded

blueprint = Blueprint("key_values", __name__)
LARGEST_BYTES = 5_000_000
MOST_KEYS = 1000
_BODY = Body(("text/plain", "application/json"))


@blueprint.get("/kv")
@operation(KeysFound)
def search(query: SearchKeys) -> Response:
    """Finds keys in all namespaces."""
    q, namespace = query.q, query.namespace
    for one in filters():
        if one.field == "q":
            q = one.value
        elif one.field == "namespace" and one.operation == "EQUALS":
            namespace = one.value
        else:
            raise wrong(f"filters[{one.field}][{one.operation}]", "keys can be filtered by q and namespace EQUALS")
    found = celeriac().key_values.search(q, namespace or None, query.page, query.size)
    return json_answer({"results": [_document(one) for one in found.results], "total": found.total})


@blueprint.get("/namespaces/<namespace>/kv")
@operation(list[KeyDocument])
def of_namespace(namespace: str) -> Response:
    """The keys of a namespace, 1,000 at most."""
    found = celeriac().key_values.search("", namespace, 1, MOST_KEYS)
    return json_answer([_document(one) for one in found.results])


@blueprint.get("/namespaces/<namespace>/kv/inheritance")
@operation(list[KeyDocument])
def inherited(namespace: str) -> Response:
    """The keys of the namespaces above, which flows of this one read too."""
    return json_answer([_document(one) for one in celeriac().key_values.inherited(namespace, MOST_KEYS)])


@blueprint.get("/namespaces/<namespace>/kv/<key>")
@operation(ValueDocument)
def read(namespace: str, key: str) -> Response:
    """A value with its type."""
    row, value = celeriac().key_values.get(namespace, key)
    return json_answer({"type": row.kind, "value": value, "revision": row.version, "updated": iso(row.updated_us)})


@blueprint.put("/namespaces/<namespace>/kv/<key>")
@operation(status=204, body=_BODY)
def write(namespace: str, key: str, headers: KeyHeaders) -> Response:
    """Stores what the body stands for: JSON, an ISO 8601 date or duration, else the text itself."""
    text = decoded(read_body(LARGEST_BYTES))
    celeriac().key_values.put(namespace, key, text, ttl=headers.ttl, description=headers.description)
    return Response(status=204)


@blueprint.delete("/namespaces/<namespace>/kv/<key>")
@operation(WasThere)
def delete(namespace: str, key: str) -> Response:
    """Removes a key."""
    if not celeriac().key_values.delete(namespace, [key]):
        raise KeyNotFound(f"No value found for key '{key}' in namespace '{namespace}'")
    return json_answer(True)


@blueprint.delete("/namespaces/<namespace>/kv")
@operation(KeysGone)
def delete_many(namespace: str, json: Keys) -> Response:
    """Removes keys; unknown ones are passed over."""
    return json_answer({"keys": celeriac().key_values.delete(namespace, json.keys)})


def _document(row: KeyRow) -> dict[str, Any]:
    return {
        "namespace": row.namespace,
        "key": row.key,
        "type": row.kind,
        "description": row.description,
        "revision": row.version,
        "updateDate": iso(row.updated_us),
        "expirationDate": iso(row.expires_us),
    }
