import pytest

from celeriac.core.errors import FlowInvalid, TaskFailed
from celeriac.core.flow import Flow
from celeriac.core.missing_types import MissingFlowable, MissingTask
from celeriac.core.plugin_types import Types
from celeriac.flowfile import load

HEAD = "id: hello\nnamespace: company.team\n"
LOG = "io.kestra.plugin.core.log.Log"


def test_a_stored_flow_is_read_like_a_new_one(types: Types) -> None:
    flow = load(HEAD + f"tasks: [{{id: a, type: {LOG}, message: x}}]\n", types)

    assert (flow.id, flow.tasks[0].type_name) == ("hello", LOG)


def test_unknown_properties_are_dropped(types: Types) -> None:
    retry = "{type: constant, interval: 1, nope: 2}"
    text = f"nope: 1\ntasks: [{{id: a, type: {LOG}, message: x, nope: 1, retry: {retry}}}]\n"

    flow = load(HEAD + text, types)

    assert flow.tasks[0].retry is not None


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        ("type: org.example.Gone", "Invalid type: org.example.Gone"),
        (f"type: {LOG}", "message: must not be null: it is required"),
        (f"type: {LOG}, message: x, disabled: maybe", "disabled: must be true or false, not `maybe`"),
        ("type: io.kestra.plugin.core.debug.Echo", "known in Kestra, not in this version of Celeriac"),
    ],
)
def test_a_task_that_cannot_be_read_fails_its_own_task_run(types: Types, task: str, reason: str) -> None:
    flow = load(HEAD + f"tasks: [{{id: a, {task}}}, {{id: b, type: {LOG}, message: x}}]\n", types)
    broken = flow.tasks[0]
    assert isinstance(broken, MissingTask)

    with pytest.raises(TaskFailed, match="Task `a`") as failure:
        broken.run(None)  # type: ignore[arg-type] # it does not look at the context

    assert reason in str(failure.value)


def test_a_flowable_that_cannot_be_read_keeps_its_children_and_fails(types: Types) -> None:
    text = f"tasks: [{{id: a, type: org.example.Gone, tasks: [{{id: b, type: {LOG}, message: x}}]}}]\n"

    flow = load(HEAD + text, types)
    broken = flow.tasks[0]

    assert isinstance(broken, MissingFlowable)
    assert [task.id for task, _ in flow.walk()] == ["a", "b"]
    with pytest.raises(TaskFailed, match="Invalid type"):
        broken.choose({})


def test_a_broken_child_leaves_its_parent_alone(types: Types) -> None:
    text = f"tasks: [{{id: a, type: io.kestra.plugin.core.flow.Sequential, tasks: [{{id: b, type: {LOG}}}]}}]\n"

    flow = load(HEAD + text, types)

    assert [isinstance(task, MissingTask) for task, _ in flow.walk()] == [False, True]


def test_a_trigger_that_cannot_be_read_does_not_stop_the_flow(types: Types) -> None:
    text = f"tasks: [{{id: a, type: {LOG}, message: x}}]\ntriggers: [{{id: t, type: org.example.Gone}}]\n"

    assert load(HEAD + text, types).triggers[0].id == "t"


def test_defaults_apply_to_a_stored_flow(types: Types) -> None:
    text = f"tasks: [{{id: a, type: {LOG}}}]\npluginDefaults: [{{type: {LOG}, values: {{message: x}}}}]\n"

    assert not isinstance(load(HEAD + text, types).tasks[0], MissingTask)


def test_a_boolean_as_an_id_is_that_word(types: Types) -> None:
    flow = load(HEAD + f"tasks: [{{id: yes, type: {LOG}, message: x}}]\n", types)

    assert flow.tasks[0].id == "true"


@pytest.mark.parametrize("text", ["", "- a\n", "a: [\n", "id: x\n", HEAD + "tasks: []\n"])
def test_what_is_no_flow_at_all_is_an_error(types: Types, text: str) -> None:
    with pytest.raises(FlowInvalid):
        load(text, types)


def test_the_flow_is_a_flow(types: Types) -> None:
    assert isinstance(load(HEAD + f"tasks: [{{id: a, type: {LOG}, message: x}}]\n", types), Flow)
