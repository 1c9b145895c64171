"""The conformance cases that use only what is built, as flows to run and results to compare."""

import importlib.util
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from celeriac.flowfile import parse
from celeriac.plugins.discovery import discover

FOLDER = Path(__file__).parents[3] / "shared" / "conformance"
CREATED_FOR_TESTS = ("io.kestra.core.tasks.test.", "io.kestra.core.runners.test.")


@dataclass(frozen=True)
class Case:
    """A case with the text of its flows."""

    id: str
    data: Mapping[str, Any]
    source: str
    needs: tuple[str, ...]


def checker() -> Any:
    """The module that compares results."""
    spec = importlib.util.spec_from_file_location("conformance_checker", FOLDER / "checker.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def selected() -> Iterator[Case]:
    """Cases of runs and probes whose flows need nothing that is still to be built."""
    types = discover()
    for case in _all():
        parsed = [parse(source, types) for source in (case.source, *case.needs)]
        if not case.data.get("skip") and not any(one.unsupported for one in parsed):
            yield case


def lifecycle() -> Iterator[Case]:
    """Cases of what people do with executions, whose flows are given."""
    for number, data in enumerate(_lines("lifecycle")):
        source = data.get("flow_yaml") or (data["flow"] and _text(data["flow"]))
        if source:
            yield Case(f"lifecycle:{number}-{data['id']}", data, source, _needed(data["needs"]))


def _needed(needs: list[str]) -> tuple[str, ...]:
    return tuple(_text(path) for path in needs if path.endswith((".yaml", ".yml")))


def _all() -> Iterator[Case]:
    for number, data in enumerate(_lines("run")):
        needs = tuple(_text(path) for path in data["needs"])
        yield Case(f"run:{number}-{data['id']}", data, _text(data["flow"]), needs)
    for data in _lines("probes"):
        yield Case(f"probe:{data['id']}", data, data["flow_yaml"], tuple(data["needs"]))


def _lines(name: str) -> list[dict[str, Any]]:
    path = FOLDER / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _text(path: str) -> str:
    return (FOLDER / "flows" / path).read_text()
