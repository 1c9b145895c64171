"""Which rooms import a module, read off the source."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = (ROOT / "app" / "celeriac", ROOT / "workers" / "celeriac_workers")
_BY_NAME = frozenset({"import_module", "find_spec"})


def importers(module: str) -> set[str]:
    """The rooms of `celeriac`, and `celeriac_workers`, that import the module or a part of it."""
    return {room for room, imported in _imports() if imported.partition(".")[0] == module}


@cache
def _imports() -> frozenset[tuple[str, str]]:
    """(room, module) of every import."""
    return frozenset(
        (_room(package, path), module)
        for package in PACKAGES
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for module in _modules(node)
    )


def _room(package: Path, path: Path) -> str:
    inside = path.relative_to(package)
    return package.name if package.name != "celeriac" else inside.parts[0].removesuffix(".py")


def _modules(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
    elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in _BY_NAME:
        yield from (argument.value for argument in node.args if isinstance(argument, ast.Constant))
