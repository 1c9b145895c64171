"""What the real engines did with whole flows, over a whole engine of ours."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from celeriac.core.errors import FlowInvalid, InputsInvalid, Refused
from conformance.cases import Case, checker, selected
from conformance.deviations import DEVIATIONS
from real_engine import Document, Ended, RealEngine

pytestmark = pytest.mark.conformance


def params() -> list[Any]:
    return [pytest.param(case, id=case.id, marks=_marks(case)) for case in selected()]


def _marks(case: Case) -> list[pytest.MarkDecorator]:
    reason = DEVIATIONS.get(case.id)
    return [pytest.mark.xfail(strict=True, reason=reason)] if reason else []


@pytest.mark.parametrize("case", params())
def test_a_flow_ends_as_it_does_in_the_real_engine(case: Case, engine: RealEngine, tmp_path: Path) -> None:
    prepare(engine, case.data.get("setup") or {})

    result = outcome(engine, case, tmp_path)
    differences = checker().conforms(case.data, result, read_file=lambda uri: read(engine, uri))

    assert not differences, "\n".join(differences)


def prepare(engine: RealEngine, setup: Mapping[str, Any]) -> None:
    """KV pairs and namespace files that a case wants to find."""
    around = engine.app.surroundings
    for namespace in setup.get("kv_empty", []):
        for key in around.kv.keys(namespace, ""):
            around.kv.delete(namespace, key)
    for namespace, pairs in setup.get("kv", {}).items():
        for key, value in pairs.items():
            around.kv.set(namespace, key, value, overwrite=True, ttl_s=None, kind=None, description=None)
    for namespace, files in setup.get("namespace_files", {}).items():
        for path, text in files.items():
            around.namespace_files.put(namespace, path.removeprefix("/"), text.encode())


def outcome(engine: RealEngine, case: Case, tmp_path: Path) -> dict[str, Any]:
    """The result in the form that the checker reads."""
    inputs, files = given(case.data.get("inputs") or {}, tmp_path)
    try:
        ended = engine.run(case.source, inputs, needs=case.needs, files=files, labels=case.data.get("labels"))
    except FlowInvalid as error:
        return {"state": "INVALID", "error": str(error)}
    except (InputsInvalid, Refused) as error:
        return {"state": "REJECTED", "error": str(error)}
    return {**converted(ended.document, ended), "subexecutions": [converted(one, ended) for one in ended.children]}


def given(inputs: Mapping[str, Any], tmp_path: Path) -> tuple[dict[str, Any], dict[str, Path]]:
    """(values, files) of a case's inputs."""
    values: dict[str, Any] = {}
    files: dict[str, Path] = {}
    for name, value in inputs.items():
        if isinstance(value, dict) and "$file" in value:
            files[name] = tmp_path / value["$file"]["name"]
            files[name].write_text(file_text(value["$file"]))
        elif isinstance(value, dict) and "$repeat" in value:
            values[name] = value["$repeat"][0] * value["$repeat"][1]
        else:
            values[name] = value
    return values, files


def file_text(wanted: Mapping[str, Any]) -> str:
    if "content" in wanted:
        return str(wanted["content"])
    return "".join(f"{number:0{wanted['leftpad']}d}\n" for number in range(wanted["lines"]))


def converted(document: Document, ended: Ended) -> dict[str, Any]:
    return {
        **{name: document[name] for name in ("id", "namespace", "flowId", "outputs", "inputs", "labels", "trigger")},
        "parentId": document["parentId"],
        "state": document["state"]["current"],
        "taskruns": [
            {
                **{name: run[name] for name in ("id", "taskId", "value", "parentTaskRunId", "outputs")},
                "state": run["state"]["current"],
                "attempts": [{"state": attempt["state"]["current"]} for attempt in run["attempts"]],
            }
            for run in document["taskRunList"]
        ],
        "logs": [line for line in ended.logs if line["executionId"] == document["id"]],
    }


def read(engine: RealEngine, uri: str) -> str:
    with engine.app.files.open(uri) as file:
        return file.read().decode()
