"""What the real engines say about whole flows: every case that validates, and the reasons for those that differ."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from celeriac.flowfile import parse
from celeriac.plugins.discovery import discover

CASES = Path(__file__).parents[3] / "shared" / "conformance"
NOT_BUILT = "known and not built: stops the start, its own rules come with the type"
DIFFERENT = {
    "invalid:3": NOT_BUILT,
    "invalid:5": NOT_BUILT,
    "invalid:6": NOT_BUILT,
    "invalid:8": NOT_BUILT,
    "invalid:25": NOT_BUILT,
    "invalid:26": NOT_BUILT,
    "invalid:66": "uses a task type of the engine's own tests",
    "probes:val-assert-no-conditions": NOT_BUILT,
    "probes:val-dag-cycle": NOT_BUILT,
    "probes:val-input-default-and-optional": "0.x accepts it, and flows of that time have it: a warning",
}

pytestmark = pytest.mark.conformance


def cases(name: str) -> list[dict[str, Any]]:
    path = CASES / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def invalid() -> Iterator[Any]:
    for number, case in enumerate(cases("invalid")):
        if {action["do"] for action in case["actions"]} <= {"validate", "parse"}:
            kinds = (case["expect"].get("for_each") or {"type": [""]})["type"]
            for kind in kinds:
                name = f"invalid:{number}"
                identity = f"{number}-{case['source'].split(':')[-1]}-{kind}"
                yield pytest.param(name, case, kind, id=identity, marks=listed(name))


def probes() -> Iterator[Any]:
    for case in cases("probes"):
        name = f"probes:{case['id']}"
        yield pytest.param(name, case, "", id=case["id"], marks=listed(name))


def listed(name: str) -> list[pytest.MarkDecorator]:
    """The mark of a case that is known to differ, with its reason."""
    return [pytest.mark.xfail(reason=DIFFERENT[name], strict=True)] if name in DIFFERENT else []


def valid_for_some_engine(case: dict[str, Any]) -> set[bool]:
    variants = [case["expect"], *({**case["expect"], **case[key]} for key in ("v2", "v1_3") if case.get(key))]
    return {bool(expect.get("valid", True)) and expect.get("state") != "INVALID" for expect in variants}


@pytest.mark.parametrize(("name", "case", "kind"), [*invalid(), *probes()])
def test_a_flow_is_right_or_wrong_as_the_engines_say(name: str, case: dict[str, Any], kind: str) -> None:
    text = case.get("flow_yaml") or (CASES / "flows" / case["flow"]).read_text()
    if kind:
        text = text.replace("type: EQUAL_TO", f"type: {kind}").replace("type: IN", f"type: {kind}")

    problems = parse(text, discover()).problems

    assert (not problems) in valid_for_some_engine(case), [str(problem) for problem in problems]


def runnable() -> Iterator[Any]:
    seen = set()
    for name in ("run", "lifecycle", "inputs"):
        for case in cases(name):
            wrong = (case.get("expect") or {}).get("state") == "INVALID" or case.get("skip")
            for path in [case.get("flow"), *case.get("needs", [])]:
                if path and not wrong and path not in seen and is_of_released_types(CASES / "flows" / path):
                    seen.add(path)
                    yield pytest.param(path, id=path.rpartition("/")[2])


def is_of_released_types(path: Path) -> bool:
    """False for flows with task types of the engine's own tests."""
    own = ("io.kestra.core.tasks.test.", "io.kestra.core.runners.test.")
    return path.is_file() and not any(name in path.read_text() for name in own)


@pytest.mark.parametrize("path", [*runnable()])
def test_a_flow_that_the_engines_run_has_no_problems(path: str) -> None:
    text = (CASES / "flows" / path).read_text()

    assert parse(text, discover(), file=path).problems == ()
