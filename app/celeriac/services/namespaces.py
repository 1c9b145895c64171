"""Namespaces: nobody creates them, they are where flows, keys and files are."""

from celeriac.core.errors import NotFound
from celeriac.core.namespaces import is_namespace, with_those_above
from celeriac.core.page import Page
from celeriac.storage.namespace_files import NamespaceFiles
from celeriac.store.flow_list_store import FlowListStore
from celeriac.store.key_list_store import KeyListStore


class Namespaces:
    """Which there are."""

    def __init__(self, flows: FlowListStore, keys: KeyListStore, files: NamespaceFiles) -> None:
        self._flows = flows
        self._keys = keys
        self._files = files

    def search(self, q: str = "", page: int = 1, size: int = 25) -> Page[str]:
        """Those with flows or keys, and those above them, by a part of the name in any case."""
        found = [name for name in self._all() if q.lower() in name]
        return Page(found[(page - 1) * size : page * size], len(found))

    def check(self, namespace: str) -> None:
        """Raises: NotFound when nothing is in it or below it."""
        if namespace not in self._all() and not (is_namespace(namespace) and self._files.list(namespace)):
            raise NotFound(f"There is nothing in the namespace `{namespace}`")

    def _all(self) -> list[str]:
        return with_those_above([*self._flows.namespaces(), *self._keys.namespaces()])
