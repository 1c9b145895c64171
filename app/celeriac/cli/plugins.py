"""`celeriac plugins`: which types a flow may name."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import click

from celeriac.cli.document import print_json
from celeriac.cli.exits import Exit


class TypesOf(Protocol):
    """The registry, as far as the list needs it."""

    def classes(self, kind: str) -> Mapping[str, type]: ...


def list_plugins(types: TypesOf, kinds: Sequence[str], text: str, *, json_wanted: bool) -> Exit:
    """Prints the built types, by kind, whose name or alias contains the text; 1 when there is none."""
    found = {
        kind: [entry for name, cls in sorted(types.classes(kind).items()) if _fits(entry := _entry(name, cls), text)]
        for kind in kinds
    }
    if json_wanted:
        print_json([{"kind": kind, **entry} for kind, entries in found.items() for entry in entries], sys.stdout.buffer)
    else:
        _print(found)
    if any(found.values()):
        return Exit.OK
    click.echo(f"nothing is called `{text}`", err=True)
    return Exit.FAILED


def _print(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    width = max((len(entry["type"]) for entries in found.values() for entry in entries), default=0)
    for kind, entries in found.items():
        if entries:
            click.echo(click.style(kind, bold=True))
        for entry in entries:
            click.echo(f"  {entry['type']:<{width}}  {entry['title']}")


def _entry(name: str, cls: type) -> dict[str, Any]:
    lines = (cls.__doc__ or "").strip().splitlines()
    return {"type": name, "title": lines[0] if lines else "", "aliases": sorted(getattr(cls, "aliases", ()))}


def _fits(entry: Mapping[str, Any], text: str) -> bool:
    return any(text.lower() in name.lower() for name in (entry["type"], *entry["aliases"]))
