"""What is printed when an execution has ended: its outputs, the beginning of each stored file, one line of summary."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import click

from celeriac.cli.ports import Document, Files
from celeriac.cli.stored_files import StoredFile, only_files, preview
from celeriac.cli.wording import COLOURS, duration, duration_s, run_name, shortened, size
from celeriac.core.errors import StoredFileNotFound

_MOST_FILES = 20
_MOST_OUTPUTS = 40
_WIDTH = 300

Print = Callable[[str], None]


def print_results(document: Document, files: Files, found: Sequence[StoredFile], out: Print) -> None:
    """Outputs of the flow, outputs of its tasks, stored files."""
    _print_outputs(document, out)
    if found:
        out(click.style("\nFiles", bold=True))
    for file in found[:_MOST_FILES]:
        _print_file(files, file, out)
    if len(found) > _MOST_FILES:
        out(f"  … and {len(found) - _MOST_FILES} more (--download DIR writes them all)")


def summary(document: Document) -> str:
    """`SUCCESS  company.team.hello  3 task runs  0.42s  4uXk…`"""
    state = document["state"]
    return "  ".join(
        (
            click.style(state["current"], fg=COLOURS.get(state["current"]), bold=True),
            f"{document['namespace']}.{document['flowId']}",
            _counted(len(document.get("taskRunList") or ()), "task run"),
            duration(duration_s(state)),
            document["id"],
        )
    )


def _print_outputs(document: Document, out: Print) -> None:
    flow_outputs = document.get("outputs") or {}
    if flow_outputs:
        out(click.style("\nOutputs", bold=True))
        for name, value in flow_outputs.items():
            out(f"  {name}: {_text(value)}")
    lines = list(_task_outputs(document))
    if lines:
        out(click.style("\nOutputs of tasks", bold=True))
        for line in lines[:_MOST_OUTPUTS]:
            out(f"  {line}")
        if len(lines) > _MOST_OUTPUTS:
            out(f"  … and {len(lines) - _MOST_OUTPUTS} more (-o json prints them all)")


def _task_outputs(document: Document) -> Iterator[str]:
    for run in document.get("taskRunList") or ():
        for name, value in (run.get("outputs") or {}).items():
            if value not in (None, {}, [], "") and not only_files(value):
                yield f"{run_name(run)}.{name}: {_text(value)}"


def _print_file(files: Files, file: StoredFile, out: Print) -> None:
    try:
        head = preview(files, file.uri)
    except StoredFileNotFound:
        out(f"  {file.owner}: {file.name} (no longer stored)")
        return
    out(f"  {file.owner}: {click.style(file.name, bold=True)} ({size(head.size_bytes)})")
    for row in head.rows if head.is_text else ("(binary)",):
        out(f"    {row}")


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return shortened(text, _WIDTH)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
