"""The flows of a folder: which files are flows, which of them are broken, which ones a flow needs.

FILE's neighbours are registered with it, so that its subflows are found.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from celeriac.cli.ports import Flows, Parsed
from celeriac.core.errors import FlowInvalid, Problem
from celeriac.core.flow import Flow, Mode

FlowKey = tuple[str, str]
"""(namespace, id)"""

LARGEST_BYTES = 5_000_000
"""Of a flow; the API takes no larger ones either."""
_KEYS = ("id", "namespace", "tasks")
_TOP_LEVEL = re.compile(r"^(id|namespace|tasks)[ \t]*:[ \t]*([^\s#]*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FlowText:
    """A file that is meant to be a flow. key: None when it does not say its namespace and id."""

    path: Path
    source: str
    key: FlowKey | None


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What came of registering a folder. broken: {flow: its problems}."""

    parsed: Mapping[FlowKey, Parsed] = field(default_factory=dict)
    broken: Mapping[FlowKey, Sequence[Problem]] = field(default_factory=dict)
    nameless: Sequence[Problem] = ()


def read_flow(path: Path) -> str:
    """The text of a flow file. Raises: FlowInvalid when it cannot be read as text or is empty."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise FlowInvalid([Problem(f"is larger than {LARGEST_BYTES:,} bytes", file=str(path))])
        source = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise FlowInvalid([Problem(f"cannot be read: {error.strerror}", file=str(path))]) from error
    except UnicodeDecodeError as error:
        raise FlowInvalid([Problem(f"is not UTF-8 text: byte {error.start} cannot be read", file=str(path))]) from error
    if not source.strip():
        raise FlowInvalid([Problem("the file is empty", file=str(path), hint="a flow has id, namespace and tasks")])
    return source


def flow_files(folder: Path, *, deep: bool) -> list[Path]:
    """The YAML files of a folder, hidden folders and `_files` left out. deep: also those of the folders in it."""
    found = folder.rglob("*") if deep else folder.glob("*")
    return sorted(
        path
        for path in found
        if path.suffix in (".yaml", ".yml")
        and path.is_file()
        and not any(part.startswith((".", "_files")) for part in path.relative_to(folder).parts)
    )


def flow_texts(paths: Sequence[Path]) -> list[FlowText]:
    """Those of the files that are meant to be flows; what is none is passed over."""
    return [text for path in paths if (text := _flow_text(path))]


def same_id_problems(texts: Sequence[FlowText]) -> list[Problem]:
    """One problem for each file whose flow stands in another file as well."""
    first: dict[FlowKey, Path] = {}
    problems = []
    for text in texts:
        if text.key is None:
            continue
        other = first.setdefault(text.key, text.path)
        if other != text.path:
            name = ".".join(text.key)
            problems.append(Problem(f"flow `{name}` stands in {other} and in {text.path}", "id", file=str(text.path)))
    return problems


def register_neighbours(flows: Flows, texts: Sequence[FlowText]) -> Neighbourhood:
    """Registers each valid flow; those that are not, or use what is not built, are broken."""
    parsed: dict[FlowKey, Parsed] = {}
    broken: dict[FlowKey, Sequence[Problem]] = {}
    nameless: list[Problem] = []
    for text in texts:
        try:
            registered = flows.register(text.source, str(text.path))
        except FlowInvalid as error:
            problems = tuple(error.problems)
        else:
            problems = tuple(registered.parsed.unsupported)
            parsed[registered.namespace, registered.id] = registered.parsed
        if problems and text.key:
            broken[text.key] = problems
        else:
            nameless += problems
    return Neighbourhood(parsed, broken, nameless)


def needed_and_broken(flow: Flow, around: Neighbourhood) -> list[Problem]:
    """The problems of every broken flow that `flow` starts, directly or through others."""
    return [problem for key in _reached(flow, around) for problem in around.broken.get(key, ())]


def subflow_flows(flow: Flow, around: Neighbourhood) -> list[Flow]:
    """The neighbours that `flow` starts, directly or through others."""
    found = (around.parsed.get(key) for key in _reached(flow, around))
    return [parsed.flow for parsed in found if parsed and parsed.flow]


def _reached(flow: Flow, around: Neighbourhood) -> list[FlowKey]:
    seen: dict[FlowKey, None] = {}
    waiting = list(subflow_keys(flow))
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen[key] = None
            found = around.parsed.get(key)
            waiting += subflow_keys(found.flow) if found and found.flow else ()
    return list(seen)


def subflow_keys(flow: Flow) -> Iterator[FlowKey]:
    """The flows that its tasks name as their child execution."""
    for task, _parent in flow.walk():
        flow_id = getattr(task, "flow_id", None)
        if task.mode is Mode.CHILD and isinstance(flow_id, str):
            yield str(getattr(task, "namespace", None) or flow.namespace), flow_id


def _flow_text(path: Path) -> FlowText | None:
    try:
        source = read_flow(path)
    except FlowInvalid:
        return None
    head = _head(source)
    if len(head) < 2 or ("id" not in head and "tasks" not in head):
        return None
    named = head.get("namespace") and head.get("id")
    return FlowText(path, source, (head["namespace"], head["id"]) if named else None)


def _head(source: str) -> dict[str, str]:
    """Those top-level keys of a flow that the text has, also when it is no valid YAML."""
    try:
        document = next(iter(yaml.load_all(source, yaml.CBaseLoader)), None)
    except (yaml.YAMLError, RecursionError):
        return {match[1]: match[2].strip("'\"") for match in _TOP_LEVEL.finditer(source)}
    if not isinstance(document, dict):
        return {}
    return {key: _plain(document[key]) for key in _KEYS if key in document}


def _plain(value: object) -> str:
    """Empty for anything but text: as text, a list that repeats itself by aliases might not fit into memory."""
    return value if isinstance(value, str) else ""
