"""The cases of the real engines that are about inputs alone."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePath
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from celeriac.core.inputs import AnyInput, Input, Resolved, as_variables, resolve
from celeriac.core.inputs.yaml_text import parse_yaml

CASES = Path(__file__).parents[4] / "shared" / "conformance"
INPUTS: TypeAdapter[list[Input]] = TypeAdapter(list[AnyInput])
DEVIATIONS = {
    "in-form#1": "FORM is not built",
    "in-form#2": "FORM is not built",
    "in-form#3": "FORM is not built",
}
ELSEWHERE = {"val-input-dependson-cycle", "val-input-default-and-optional"}
"""Rules between the parts of a flow: core.flow_rules."""
INVALID = "INVALID"
pytestmark = pytest.mark.conformance


def lines(name: str) -> list[dict[str, Any]]:
    path = CASES / name
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def expectations(case: dict[str, Any]) -> list[dict[str, Any]]:
    """What the engines give, the newest first; a result conforms to one of them."""
    return [{**case["expect"], **case.get(version, {})} for version in ("v2", "v1_3", "none")]


def declared(case: dict[str, Any]) -> list[Input] | str:
    """The inputs, or why they are refused."""
    try:
        inputs = INPUTS.validate_python(parse_yaml(case["flow_yaml"]).get("inputs") or [])
    except ValidationError as error:
        return "; ".join(f"inputs.{item['loc']}: {item['msg']}" for item in error.errors())
    return inputs


@pytest.fixture
def run(render: Callable[[Any, Mapping[str, Any]], Any]) -> Callable[[dict[str, Any]], Resolved | str]:
    def start(case: dict[str, Any]) -> Resolved | str:
        inputs = declared(case)
        if isinstance(inputs, str):
            return inputs
        flow = {"flow": {"id": case["id"].partition("#")[0], "namespace": case["namespace"]}}
        sent = {
            name: PurePath(file["$file"]["name"])
            for name, file in case.get("actions", [{}])[0].get("files", {}).items()
        }
        given = {**(case.get("inputs") or {}), **sent}
        return resolve(inputs, given, lambda value, variables: render(value, {**flow, **variables}))

    return start


def of_inputs() -> Iterator[Any]:
    for number, case in enumerate(lines("inputs.jsonl"), 1):
        if not case["skip"]:
            yield pytest.param(case, id=f"{number}-{case['source']}")


def agrees(result: Resolved | str, expect: dict[str, Any], given: Mapping[str, Any]) -> bool:
    if isinstance(result, str) or result.problems:
        told = result if isinstance(result, str) else "; ".join(problem.message for problem in result.problems)
        return expect.get("accepted") is False and (expect.get("error_contains") or "") in told
    found = {item.id: item for item in result.inputs}
    for wanted in expect.get("resolved", []):
        item = found[wanted["id"]]
        if item.enabled is not wanted["enabled"] or wanted.get("error", "") not in (item.error or ""):
            return False
        if item.enabled and not same(item.value, wanted["value"]):
            return False
    for name, choices in expect.get("values", {}).items():
        if list(found[name].choices or ()) != choices:
            return False
    return expect.get("accepted", True) and expect.get("execution_inputs", {}).items() <= result.values.items()


def same(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict) and "$startsWith" in wanted:
        return str(value).startswith(wanted["$startsWith"])
    return bool(value == wanted) and type(value) is type(wanted)


@pytest.mark.parametrize("case", list(of_inputs()))
def test_a_case_of_input_types_conforms(case: dict[str, Any], run) -> None:
    result = run(case)

    if "extension" in case["expect"]:
        files = {item.id: item.suffix for item in declared(case)}
        assert files.items() <= case["expect"]["extension"].items()
    else:
        assert any(agrees(result, expect, case["inputs"]) for expect in expectations(case)), result


def of_probes() -> Iterator[Any]:
    for case in lines("probes.jsonl"):
        if case["id"] not in ELSEWHERE and case["id"].startswith(("in-", "val-input", "val-enum-lowercase-input")):
            reason = DEVIATIONS.get(case["id"])
            yield pytest.param(
                case, id=case["id"], marks=[pytest.mark.xfail(reason=reason, strict=True)] if reason else []
            )


@pytest.mark.parametrize("case", list(of_probes()))
def test_a_probe_of_inputs_conforms(case: dict[str, Any], run, text) -> None:
    result = run(case)
    inputs = declared(case)

    assert any(probed(case, result, inputs, expect, text) for expect in expectations(case)), result


def probed(case: dict[str, Any], result: Resolved | str, inputs: Any, expect: dict[str, Any], text: Any) -> bool:
    if isinstance(result, str):
        return expect["state"] == INVALID
    if result.problems:
        reason = (expect.get("error_contains") or "").replace("Invalid Flow: ", "")
        return expect["state"] == "REJECTED" and reason in result.problems[0].message
    if expect["state"] not in ("SUCCESS", "WARNING"):
        return False
    variables = {"inputs": as_variables(inputs, result.values)}
    outputs = expect["outputs"]
    for task in parse_yaml(case["flow_yaml"])["tasks"]:
        if task["id"] in outputs and "format" in task:
            assert text(task["format"], variables) == outputs[task["id"]]["value"]
    return True
