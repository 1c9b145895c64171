"""Finds every plugin: all modules below this folder, and those that other distributions name.

A distribution offers its own by an entry point in the group `celeriac.plugins` that names a module or a package.
"""

import json
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module, resources
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from celeriac import plugins
from celeriac.core.plugin_types import KINDS, Known, Types

GROUP = "celeriac.plugins"


@cache
def discover() -> Types:
    """Imports all plugins, once a process, and gives their registry. Raises: ImportError of a broken plugin."""
    roots = (plugins, *(entry.load() for entry in entry_points(group=GROUP)))
    classes = {cls: None for root in roots for module in (root, *_below(root)) for cls in _types_of(module)}
    return Types(classes, known())


@cache
def known() -> Known:
    """What Kestra has, from the packaged list."""
    text = resources.files(plugins).joinpath("known.json").read_text(encoding="utf-8")
    return Known(**json.loads(text))


def _below(package: ModuleType) -> Iterator[ModuleType]:
    for folder in getattr(package, "__path__", ()):
        for name in _names(Path(folder)):
            yield import_module(f"{package.__name__}.{name}")


def _names(folder: Path) -> Iterator[str]:
    for info in pkgutil.iter_modules([str(folder)]):
        yield info.name
    for child in sorted(folder.iterdir()):
        if child.is_dir() and child.name.isidentifier() and not child.name.startswith("__"):
            yield from (f"{child.name}.{name}" for name in _names(child))


def _types_of(module: ModuleType) -> Iterator[type]:
    """The classes defined in a module that name their type; abstract bases do not."""
    own = [value for value in vars(module).values() if getattr(value, "__module__", "") == module.__name__]
    for value in own:
        if isinstance(value, type) and issubclass(value, tuple(KINDS.values())) and value.__dict__.get("type_name"):
            yield value
