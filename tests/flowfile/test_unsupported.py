from collections.abc import Callable

import pytest

from celeriac.core.missing_types import MissingFlowable
from celeriac.flowfile import ParsedFlow

Parse = Callable[[str], ParsedFlow]
NOT_BUILT = "known in Kestra, not in this version of Celeriac"


def notices(parsed: ParsedFlow) -> list[str]:
    assert parsed.problems == ()
    assert parsed.flow is not None
    return [str(notice) for notice in parsed.unsupported]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sla", "[{id: s, type: MAX_DURATION, duration: PT1H, behavior: FAIL}]"),
        ("checks", "[{condition: '{{ true }}', message: no}]"),
        ("concurrency", "{limit: 1}"),
        ("listeners", "[{tasks: []}]"),
        ("workerGroup", "{key: a}"),
        ("quotas", "[]"),
    ],
)
def test_a_property_of_a_flow_that_is_not_built_is_a_notice(with_head: Parse, name: str, value: str) -> None:
    assert notices(with_head(f"{name}: {value}\n")) == [f"flow.yaml:7:1 {name}: {NOT_BUILT}"]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("sla: [{id: s, type: MAX_DURATION, behavior: FAIL}]", "sla[s].duration"),
        ("sla: [{id: s, type: MAX_DURATION, duration: PT1H, behavior: RETRY}]", "sla[s].behavior"),
        ("checks: [{condition: x}]", "checks[0].message"),
        ("checks: [{message: x}]", "checks[0]"),
        ("concurrency: {behavior: QUEUE}", "concurrency.limit"),
        ("concurrency: {limit: 0}", "concurrency.limit"),
    ],
)
def test_what_is_only_read_is_checked_all_the_same(with_head: Parse, text: str, path: str) -> None:
    assert [problem.path for problem in with_head(text + "\n").problems] == [path]


@pytest.mark.parametrize("name", ["taskCache", "workerGroup", "logToFile", "version", "assets"])
def test_a_property_of_a_task_that_is_not_built_is_a_notice(with_head: Parse, name: str) -> None:
    assert notices(with_head(f"    {name}: x\n")) == [f"flow.yaml:7:5 tasks[log].{name}: {NOT_BUILT}"]


def test_a_property_that_only_some_type_of_kestra_has_is_a_notice_there(with_head: Parse) -> None:
    text = "  - {id: s, type: io.kestra.plugin.scripts.shell.Script, script: x, interpreter: [sh]}\n"

    assert notices(with_head(text)) == [f"flow.yaml:7:69 tasks[s].interpreter: {NOT_BUILT}"]


def test_a_property_of_another_type_is_unknown(with_head: Parse) -> None:
    assert [problem.path for problem in with_head("    interpreter: [sh]\n").problems] == ["tasks[log].interpreter"]


@pytest.mark.parametrize("type_name", ["io.kestra.plugin.core.flow.Pause", "core.flow.Pause", "core.debug.Echo"])
def test_a_task_type_that_is_not_built_is_a_notice(with_head: Parse, type_name: str) -> None:
    text = f"  - id: p\n    type: {type_name}\n"

    assert notices(with_head(text)) == [f"flow.yaml:8:5 tasks[p].type: `{type_name}` is {NOT_BUILT}"]


def test_an_old_name_of_a_type_that_is_not_built_is_a_notice(with_head: Parse) -> None:
    text = "  - id: p\n    type: io.kestra.core.tasks.flows.Pause\n"

    assert len(notices(with_head(text))) == 1


def test_a_wrong_property_of_a_type_that_is_not_built_is_a_problem(with_head: Parse) -> None:
    text = "  - {id: p, type: io.kestra.plugin.core.flow.Pause, pauseDuraton: PT1S}\n"

    (problem,) = with_head(text).problems

    assert (problem.path, problem.hint) == ("tasks[p].pauseDuraton", "did you mean `pauseDuration`?")


def test_the_children_of_a_flowable_that_is_not_built_are_checked(with_head: Parse) -> None:
    text = """\
  - id: dag
    type: io.kestra.plugin.core.flow.Dag
    tasks:
      - task: {id: one, type: io.kestra.plugin.core.log.Log}
      - task: {id: log, type: io.kestra.plugin.core.log.Log, message: x}
        dependsOn: [one]
"""
    assert [problem.path for problem in with_head(text).problems] == [
        "tasks[dag].tasks[one].task.message",
        "tasks[dag].tasks[log].task.id",
    ]


def test_a_flowable_that_is_not_built_keeps_its_children(with_head: Parse) -> None:
    text = """\
  - id: work
    type: io.kestra.plugin.core.flow.WorkingDirectory
    tasks:
      - {id: one, type: io.kestra.plugin.core.log.Log, message: x}
"""
    flow = with_head(text).flow
    assert flow is not None

    assert isinstance(flow.tasks[1], MissingFlowable)
    assert [task.id for task, _ in flow.walk()] == ["log", "work", "one"]


def test_a_runner_that_is_not_built_is_a_notice(with_head: Parse) -> None:
    text = """\
  - id: s
    type: io.kestra.plugin.scripts.shell.Script
    script: x
    taskRunner:
      type: io.kestra.plugin.ee.kubernetes.runner.Kubernetes
"""
    assert notices(with_head(text)) == [
        f"flow.yaml:11:7 tasks[s].taskRunner.type: `io.kestra.plugin.ee.kubernetes.runner.Kubernetes` is {NOT_BUILT}"
    ]


def test_a_trigger_that_is_not_built_is_a_notice(with_head: Parse) -> None:
    text = "triggers:\n  - {id: t, type: io.kestra.plugin.kafka.Trigger, topic: x}\n"

    assert len(notices(with_head(text))) == 1


@pytest.mark.parametrize("kind", ["Schedule, cron: '@daily'", "Webhook, key: secret", "Flow, states: [SUCCESS]"])
def test_a_trigger_that_is_built_does_not_stop_the_start(with_head: Parse, kind: str) -> None:
    text = f"triggers:\n  - {{id: t, type: io.kestra.plugin.core.trigger.{kind}}}\n"

    assert notices(with_head(text)) == []


def test_an_input_type_that_is_not_built_is_a_notice(with_head: Parse) -> None:
    text = "inputs:\n  - {id: f, type: FORM, inputs: []}\n  - {id: s, type: STRING}\n"

    parsed = with_head(text)

    assert notices(parsed) == [f"flow.yaml:8:13 inputs[f].type: `FORM` is {NOT_BUILT}"]
    assert parsed.flow is not None
    assert [item.id for item in parsed.flow.inputs] == ["s"]


def test_notices_and_problems_are_told_together(with_head: Parse) -> None:
    parsed = with_head("sla: [{id: s, type: MAX_DURATION, duration: PT1H, behavior: FAIL}]\nnope: 1\n")

    assert (len(parsed.problems), len(parsed.unsupported)) == (1, 1)


def test_a_retry_by_a_new_execution_is_a_notice(with_head: Parse) -> None:
    text = "retry: {type: constant, interval: PT1S, behavior: CREATE_NEW_EXECUTION}\n"

    assert notices(with_head(text)) == [f"flow.yaml:7:41 retry.behavior: `CREATE_NEW_EXECUTION` is {NOT_BUILT}"]
