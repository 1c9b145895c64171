"""The expressions of the probe flows that the real engines have answered."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from celeriac.core.errors import ExpressionError
from celeriac.core.expression import truthy

CASES = Path(__file__).parents[4] / "shared" / "conformance" / "probes.jsonl"
RETURN, VALUES = "io.kestra.plugin.core.debug.Return", "io.kestra.plugin.core.output.OutputValues"
DEVIATIONS: Mapping[str, str] = {}
pytestmark = pytest.mark.conformance


class Loader(yaml.SafeLoader):
    """`on`, `no` and their like are texts, as in a flow file."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if first in "tTfF" or not tag.endswith(":bool")]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def cases() -> list[dict[str, Any]]:
    """Probes of one level of Return and OutputValues tasks."""
    if not CASES.exists():
        return []
    found = [json.loads(line) for line in CASES.read_text().splitlines()]
    found = [case for case in found if case["area"] in ("expr", "mix") and case["expect"].get("valid", True)]
    return [case for case in found if all(task["type"] in (RETURN, VALUES) for task in flow_of(case)["tasks"])]


def flow_of(case: dict[str, Any]) -> dict[str, Any]:
    return dict(yaml.load(case["flow_yaml"], Loader))


def nested(labels: Mapping[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in labels.items():
        *parents, last = name.split(".")
        branch = tree
        for parent in parents:
            branch = branch.setdefault(parent, {})
        branch[last] = value
    return tree


def variables_of(case: dict[str, Any], render: Callable[..., Any]) -> dict[str, Any]:
    flow = flow_of(case)
    variables: dict[str, Any] = {
        "flow": {"id": flow["id"], "namespace": flow["namespace"], "revision": 1},
        "execution": {"id": "x"},
        "taskrun": {"id": "y", "attemptsCount": 0},
        "labels": nested(flow.get("labels") or {}),
        "envs": {},
        "outputs": {},
    }
    if flow.get("variables"):
        kept = {name: value for name, value in flow["variables"].items() if value is not None}
        variables["vars"] = kept
    if flow.get("inputs"):
        given = case["inputs"] or {}
        variables["inputs"] = {
            item["id"]: given.get(item["id"], render(item.get("defaults"), **variables)) for item in flow["inputs"]
        }
    return variables


def run(case: dict[str, Any], render: Callable[..., Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Outputs and states by task."""
    variables = variables_of(case, render)
    states: dict[str, str] = {}
    for task in flow_of(case)["tasks"]:
        name = task["id"]
        if task.get("disabled"):
            continue
        variables["outputs"].setdefault(name, {})
        variables["task"] = {"id": name, "type": task["type"]}
        if not truthy(render(task.get("runIf", "true"), **variables)):
            states[name] = "SKIPPED"
            continue
        try:
            variables["outputs"][name] = outputs_of(task, render, variables)
            states[name] = "SUCCESS"
        except ExpressionError:
            states[name] = "WARNING" if task.get("allowFailure") else "FAILED"
            if not task.get("allowFailure"):
                break
    return variables["outputs"], states


def outputs_of(task: dict[str, Any], render: Callable[..., Any], variables: dict[str, Any]) -> dict[str, Any]:
    if task["type"] == VALUES:
        return {"values": render(task["values"], **variables)}
    value = task.get("format")
    if value is None:
        return {}
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return {"value": render(text, **variables)}


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_a_probe_gives_what_the_engine_gave(case: dict[str, Any], render: Callable[..., Any]) -> None:
    if case["id"] in DEVIATIONS:
        pytest.skip(DEVIATIONS[case["id"]])

    outputs, states = run(case, render)

    expected = case["expect"]
    assert {name: value for name, value in expected["outputs"].items() if value} == {
        name: value for name, value in outputs.items() if value
    }
    assert expected["task_states"] == states
