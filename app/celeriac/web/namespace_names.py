"""Names of namespaces in paths."""

from werkzeug.exceptions import NotFound

from celeriac.core.namespaces import is_namespace


def checked(namespace: str) -> str:
    """The name itself. Raises: NotFound for what cannot be one."""
    if not is_namespace(namespace):
        raise NotFound(f"`{namespace[:200]}` is no namespace such as company.team")
    return namespace
