"""The roles by name: what each does, how this process becomes one, which ones there are. Imports none of them."""

from collections.abc import Mapping
from importlib import import_module

WEB = "web"
ROLES: Mapping[str, str] = {
    WEB: "Serve the dashboard and the API.",
    "orchestrator": "Advance executions and find what got lost; any number may run.",
    "worker": "Run tasks; any number may run.",
    "beat": "Wake schedules; one is needed, two may run.",
    "listener": "Start executions that messages ask for; any number may run.",
    "flower": "Show workers and jobs, for /flower of the web.",
}
"""{role: what it does}; each is a command."""


def existing_roles() -> tuple[str, ...]:
    """Those that this installation can play."""
    played = import_module("celeriac_workers.roles").ROLES
    return tuple(role for role in ROLES if role == WEB or role in played)


def module_of(role: str) -> tuple[str, ...]:
    """The module, and its arguments, that `python -m` runs as this role."""
    return ("celeriac.web.serve",) if role == WEB else ("celeriac_workers", role)


def become(role: str) -> None:
    """Plays the role in this process, configured by its environment; ends by SystemExit."""
    from celeriac.cli.forked import module_main

    module_main(*module_of(role))()
