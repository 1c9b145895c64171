from typing import Any

import pytest

from celeriac.core.dynamic import Dynamic
from celeriac.core.flow import Flow, Flowable, Mode, Task, TaskList
from celeriac.core.flow_rules import Finding, check_flow, check_references, surprises, tasks_with_places
from celeriac.core.plugin_types import Types
from celeriac.core.task_type import TaskType


class Step(TaskType):
    type_name = "step"


class Group(Flowable):
    type_name = "group"

    tasks: TaskList = []
    cases: dict[str, TaskList] = {}


class Call(Task):
    type_name = "call"
    mode = Mode.CHILD

    namespace: Dynamic[str]
    flow_id: Dynamic[str]


TYPES = Types((Step, Group, Call))


def flow(**properties: Any) -> Flow:
    data = {"id": "hello", "namespace": "team", "tasks": [step("a")], **properties}
    return Flow.model_validate(data, context={"types": TYPES})


def step(name: str) -> dict[str, Any]:
    return {"id": name, "type": "step"}


def group(name: str, **properties: Any) -> dict[str, Any]:
    return {"id": name, "type": "group", **properties}


def findings(**properties: Any) -> list[tuple[tuple[str | int, ...], str]]:
    return [(finding.loc, finding.message) for finding in check_flow(flow(**properties))]


def test_a_flow_that_keeps_the_rules_has_no_findings() -> None:
    inputs = [{"id": "a", "type": "STRING"}, {"id": "b", "type": "STRING", "dependsOn": {"inputs": ["a"]}}]

    assert findings(tasks=[group("g", tasks=[step("a")]), step("b")], inputs=inputs) == []


@pytest.mark.parametrize("where", ["tasks", "errors", "finally", "afterExecution"])
def test_a_task_id_is_used_once_in_all_lists(where: str) -> None:
    given = {"tasks": [step("a")], where: [step("a"), step("b")]} if where != "tasks" else {"tasks": [step("a")] * 2}

    assert [message for _, message in findings(**given)] == ["Duplicate task id with name [a]"]


def test_a_task_id_is_used_once_on_all_levels() -> None:
    deep = group("g", tasks=[group("h", cases={"x": [step("b")], "y": [step("b")]})])

    assert findings(tasks=[step("a"), deep]) == [
        (("tasks", 1, "tasks", 0, "cases", "y", 0, "id"), "Duplicate task id with name [b]")
    ]


def test_a_task_id_in_the_errors_of_a_flowable_counts_too() -> None:
    assert [loc for loc, _ in findings(tasks=[group("g", tasks=[step("a")], errors=[step("a")])])] == [
        ("tasks", 0, "errors", 0, "id")
    ]


def test_an_input_may_be_named_like_a_task() -> None:
    assert findings(inputs=[{"id": "a", "type": "STRING"}]) == []


def test_output_ids_are_used_once() -> None:
    output = {"id": "o", "type": "STRING", "value": "x"}

    assert findings(outputs=[output, output]) == [(("outputs", 1, "id"), "Duplicate output with name [o]")]


def test_input_ids_are_used_once() -> None:
    given = {"id": "i", "type": "STRING"}

    assert findings(inputs=[given, given]) == [(("inputs", 1, "id"), "Duplicate input with name [i]")]


def test_a_flow_does_not_call_itself_at_any_depth() -> None:
    call = {"id": "c", "type": "call", "namespace": "team", "flowId": "hello"}

    assert findings(tasks=[group("g", tasks=[call])]) == [
        (("tasks", 0, "tasks", 0, "flowId"), "Recursive call to flow [team.hello]")
    ]


def test_a_flow_may_call_one_of_the_same_name_elsewhere() -> None:
    assert findings(tasks=[{"id": "c", "type": "call", "namespace": "other", "flowId": "hello"}]) == []


def test_an_input_depends_on_inputs_that_exist() -> None:
    assert findings(inputs=[{"id": "a", "type": "STRING", "dependsOn": {"inputs": ["b"]}}]) == [
        (("inputs", 0, "dependsOn", "inputs", 0), "Input with id 'a' depends on a non-existent input 'b'.")
    ]


def test_inputs_do_not_wait_for_each_other() -> None:
    inputs = [
        {"id": "a", "type": "STRING", "dependsOn": {"inputs": ["b"]}},
        {"id": "b", "type": "STRING", "dependsOn": {"inputs": ["a"]}},
    ]

    assert [message for _, message in findings(inputs=inputs)] == [
        "Cycle dependency detected for input with id 'a': [a, b]",
        "Cycle dependency detected for input with id 'b': [b, a]",
    ]


def test_an_input_that_waits_for_a_circle_is_not_part_of_it() -> None:
    inputs = [
        {"id": "a", "type": "STRING", "dependsOn": {"inputs": ["b"]}},
        {"id": "b", "type": "STRING", "dependsOn": {"inputs": ["b"]}},
    ]

    assert [loc[1] for loc, _ in findings(inputs=inputs)] == [1]


def test_a_default_beside_required_false_surprises() -> None:
    given = flow(inputs=[{"id": "a", "type": "STRING", "defaults": "x", "required": False}])

    assert [finding.loc for finding in surprises(given)] == [("inputs", 0)]


def reference(text: str, **properties: Any) -> list[Finding]:
    return list(check_references([(("x",), text)], flow(**properties)))


@pytest.mark.parametrize(
    "text", ["{{ inputs.my-in }}", "{{ upper(inputs.my-in) }}", "{% if inputs.my-in %}{% endif %}"]
)
def test_a_dash_in_a_dotted_input_name_is_found(text: str) -> None:
    (finding,) = reference(text, inputs=[{"id": "my-in", "type": "STRING"}])

    assert finding.hint == "write `inputs['my-in']`"


def test_a_dash_in_a_dotted_task_name_is_found() -> None:
    assert len(reference("{{ outputs.my-task.value }}", tasks=[step("my-task")])) == 1


@pytest.mark.parametrize(
    "text",
    [
        "{{ inputs['my-in'] }}",
        "inputs.my-in",
        "{{ inputs.a-inputs.b }}",
        "{{ vars.inputs.my-in }}",
        "{{ inputs.my - 1 }}",
    ],
)
def test_other_dashes_are_left_alone(text: str) -> None:
    assert reference(text, inputs=[{"id": "my-in", "type": "STRING"}]) == []


def test_every_task_is_found_with_its_place() -> None:
    found = {
        task.id: loc for loc, task in tasks_with_places(flow(tasks=[group("g", tasks=[step("a")])], errors=[step("e")]))
    }

    assert found == {"g": ("tasks", 0), "a": ("tasks", 0, "tasks", 0), "e": ("errors", 0)}
