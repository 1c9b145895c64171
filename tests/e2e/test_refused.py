"""What is refused before it starts: nothing runs, one document or one line per problem says why."""

from pathlib import Path

import pytest

from real_command import Command

REFUSED = {
    "an unknown property": ("  - {id: a, type: io.kestra.plugin.core.log.Log, mesage: x}", 4, "mesage", "message"),
    "an unknown type": ("  - {id: a, type: io.kestra.plugin.core.log.Lag, message: x}", 4, "Lag", "Log"),
    "an id that comes twice": (
        "  - {id: a, type: io.kestra.plugin.core.log.Log, message: x}\n"
        "  - {id: a, type: io.kestra.plugin.core.log.Log, message: x}",
        5,
        "a",
        "",
    ),
    "a flow that calls itself": (
        "  - {id: a, type: io.kestra.plugin.core.flow.Subflow, namespace: company.team, flowId: refused}",
        4,
        "Recursive call",
        "",
    ),
}
CALL = """
id: {}
namespace: company.team
tasks:
  - {{id: a, type: io.kestra.plugin.core.flow.Subflow, namespace: company.team, flowId: {}}}
"""
UNBUILT = """
id: unbuilt
namespace: company.team
sla:
  - {id: s, type: MAX_DURATION, duration: PT1H, behavior: FAIL}
tasks:
  - id: a
    type: io.kestra.plugin.core.log.Log
    message: x
    taskCache: {enabled: true}
  - {id: b, type: io.kestra.plugin.aws.s3.Upload}
"""
INPUTS = """
id: inputs
namespace: company.team
inputs:
  - {id: needed, type: STRING}
  - {id: number, type: INT, required: false}
tasks:
  - {id: a, type: io.kestra.plugin.core.log.Log, message: x}
"""


@pytest.mark.parametrize("case", REFUSED)
def test_an_invalid_flow_is_refused_at_its_line_with_a_hint(command: Command, case: str) -> None:
    tasks, line, named, hint = REFUSED[case]
    result = command.run_flow(f"id: refused\nnamespace: company.team\ntasks:\n{tasks}\n")
    places = [(problem["file"], problem["line"]) for problem in result.problems]
    texts = [f"{problem['path']}: {problem['message']} ({problem['hint']})" for problem in result.problems]

    assert (result.code, result.state) == (3, "INVALID")
    assert ("flow.yaml", line) in places
    assert any(named in text and hint in text for text in texts), texts
    assert command.leftovers() == []


def test_flows_that_call_each_other_end_at_a_depth_that_is_named(command: Command) -> None:
    command.write("other.yaml", CALL.format("other", "one"))
    result = command.run_flow(CALL.format("one", "other"))
    errors = result.messages("ERROR")

    assert (result.code, result.state) == (1, "FAILED")
    assert any("50" in error for error in errors), errors


def test_what_is_known_but_not_built_is_refused_by_its_name(command: Command) -> None:
    command.write("flow.yaml", UNBUILT)
    result = command.run("run", "flow.yaml")
    lines = result.err.splitlines()

    assert result.code == 3
    assert "flow.yaml:4:1: sla: known in Kestra, not in this version of Celeriac" in lines
    assert any(line.startswith("flow.yaml:10:5: ") and "taskCache" in line for line in lines)
    assert any(line.startswith("flow.yaml:11:") and "io.kestra.plugin.aws.s3.Upload" in line for line in lines)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ((), "needed"),
        (("-i", "needed=x", "-i", "neded=y"), "neded"),
        (("-i", "needed=x", "-i", "number=many"), "number"),
    ],
    ids=["missing", "unknown", "mistyped"],
)
def test_inputs_that_do_not_fit_are_rejected(command: Command, given: tuple[str, ...], named: str) -> None:
    result = command.run_flow(INPUTS, *given)

    assert (result.code, result.state) == (3, "REJECTED")
    assert [problem for problem in result.problems if named in problem["message"] + (problem["path"] or "")]
    assert command.leftovers() == []


def test_an_empty_file_is_refused(command: Command) -> None:
    result = command.run_flow("")

    assert (result.code, result.state) == (3, "INVALID")


@pytest.mark.parametrize("name", ["absent.yaml", "folder"])
def test_a_file_that_is_none_is_a_usage_error(command: Command, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    result = command.run("run", name)

    assert (result.code, result.out) == (2, "")
    assert name in result.err
    assert not command.home.exists()
