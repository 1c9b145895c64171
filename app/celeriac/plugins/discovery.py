"""Finds the plugins: the modules below this folder, and those that other distributions name.

A distribution offers its own by an entry point in the group `celeriac.plugins` that names a module or a package.
Importing everything costs half a second (measured), so a module is imported when a type that stands in it is asked
for; which one that is, its text says.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module, resources
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from celeriac import plugins
from celeriac.core.plugin_types import KINDS, Known, Types

GROUP = "celeriac.plugins"
_TYPE_NAME = re.compile(r'^    type_name\b[^=\n]*= *"([\w.]+)"', re.MULTILINE)


@cache
def discover() -> Types:
    """The registry of all plugins; the same object in the whole process."""
    return Types(known=known(), source=_source)


@cache
def known() -> Known:
    """What Kestra has, from the packaged list."""
    text = resources.files(plugins).joinpath("known.json").read_text(encoding="utf-8")
    return Known(**json.loads(text))


@cache
def index() -> dict[str, str]:
    """{type name: module} of the plugins of this package, read off their texts."""
    return {
        type_name: module
        for module, path in _modules(plugins)
        for type_name in _TYPE_NAME.findall(path.read_text(encoding="utf-8"))
    }


@cache
def _source(name: str | None) -> tuple[type, ...]:
    """Raises: ImportError of a broken plugin."""
    if name is None:
        own = [import_module(module) for module, _ in _modules(plugins)]
        return tuple(cls for module in own for cls in _types_of(module)) + _foreign()
    if module_name := index().get(name):
        return tuple(_types_of(import_module(module_name)))
    return _foreign()


@cache
def _foreign() -> tuple[type, ...]:
    """The types of other distributions."""
    found: list[type] = []
    for entry in entry_points(group=GROUP):
        root = entry.load()
        modules = [root, *(import_module(name) for name, _ in _modules(root))]
        found.extend(cls for module in modules for cls in _types_of(module))
    return tuple(found)


def _modules(package: ModuleType) -> Iterator[tuple[str, Path]]:
    """(full name, file) of every module below a package, with or without `__init__.py` in its folders."""
    for folder in map(Path, getattr(package, "__path__", ())):
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            if "__init__" not in parts and all(part.isidentifier() for part in parts):
                yield f"{package.__name__}.{'.'.join(parts)}", path


def _types_of(module: ModuleType) -> Iterator[type]:
    """The classes defined in a module that name their type; abstract bases do not."""
    own = [value for value in vars(module).values() if getattr(value, "__module__", "") == module.__name__]
    for value in own:
        if isinstance(value, type) and issubclass(value, tuple(KINDS.values())) and value.__dict__.get("type_name"):
            yield value
