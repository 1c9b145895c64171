"""Namespaces."""

from flask import Blueprint, Response

from celeriac.web.api import celeriac
from celeriac.web.json_text import json_answer
from celeriac.web.models.namespaces import NamespaceDocument, NamespacesFound, SearchNamespaces
from celeriac.web.openapi import operation
from celeriac.web.params import filters, wrong

blueprint = Blueprint("namespaces", __name__)


@blueprint.get("/namespaces/search")
@operation(NamespacesFound)
def search(query: SearchNamespaces) -> Response:
    """The namespaces with flows or keys, and those above them."""
    q = query.q
    for one in filters():
        if one.field != "q":
            raise wrong(f"filters[{one.field}][{one.operation}]", "namespaces can be filtered by q")
        q = one.value
    found = celeriac().namespaces.search(q, query.page, query.size)
    return json_answer({"results": [{"id": one, "deleted": False} for one in found.results], "total": found.total})


@blueprint.get("/namespaces/<namespace>")
@operation(NamespaceDocument)
def read(namespace: str) -> Response:
    """A namespace; 404 when nothing is in it."""
    celeriac().namespaces.check(namespace)
    return json_answer({"id": namespace, "deleted": False})
