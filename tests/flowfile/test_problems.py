from collections.abc import Callable

import pytest

from celeriac.core.errors import Problem
from celeriac.core.flow import Flow
from celeriac.flowfile import ParsedFlow
from celeriac.flowfile.names import names_of

Parse = Callable[[str], ParsedFlow]


def shown(problems: tuple[Problem, ...]) -> list[str]:
    return [str(problem) for problem in problems]


def test_a_right_flow_has_no_problems(with_head: Parse) -> None:
    parsed = with_head("")
    assert parsed.flow is not None

    assert (parsed.flow.id, parsed.problems, parsed.unsupported, parsed.warnings) == ("hello", (), (), ())


@pytest.mark.parametrize("text", ["", "# nothing\n", "~\n"])
def test_an_empty_file_says_what_a_flow_needs(read: Parse, text: str) -> None:
    assert shown(read(text).problems) == ["flow.yaml:1:1 the file is empty: a flow needs `id`, `namespace` and `tasks`"]


@pytest.mark.parametrize(("text", "kind"), [("- a\n- b\n", "a list"), ("hello\n", "a text")])
def test_a_file_that_is_no_mapping_is_refused(read: Parse, text: str, kind: str) -> None:
    assert shown(read(text).problems) == [
        f"flow.yaml:1:1 a flow is a mapping with `id`, `namespace` and `tasks`, not {kind}"
    ]


def test_an_unknown_property_is_named_with_a_hint(with_head: Parse) -> None:
    assert shown(with_head("descripton: x\n").problems) == [
        'flow.yaml:7:1 descripton: Unrecognized field "descripton" (did you mean `description`?)'
    ]


def test_an_unknown_property_of_a_task_is_named_with_a_hint(with_head: Parse) -> None:
    problems = with_head("    messag: x\n").problems

    assert shown(problems) == ['flow.yaml:7:5 tasks[log].messag: Unrecognized field "messag" (did you mean `message`?)']


def test_the_python_name_of_a_property_is_unknown(with_head: Parse) -> None:
    assert shown(with_head("    allow_failure: true\n").problems) == [
        'flow.yaml:7:5 tasks[log].allow_failure: Unrecognized field "allow_failure" (did you mean `allowFailure`?)'
    ]


def test_when_is_no_property_of_a_task(with_head: Parse) -> None:
    (problem,) = with_head("    when: '{{ true }}'\n").problems

    assert (problem.message, problem.hint) == ('Unrecognized field "when"', "did you mean `runIf`?")


def test_a_merge_key_is_explained(with_head: Parse) -> None:
    (problem,) = with_head("    <<: {a: 1}\n").problems

    assert problem.hint == "YAML merge keys are not resolved; write the properties out"


def test_a_missing_property_stands_at_its_task(read: Parse) -> None:
    text = "id: a\nnamespace: b\ntasks:\n  - id: t\n    type: io.kestra.plugin.core.log.Log\n"

    assert shown(read(text).problems) == ["flow.yaml:4:5 tasks[t].message: must not be null: it is required"]


def test_a_duplicate_key_has_a_path(with_head: Parse) -> None:
    text = "  - {id: log2, type: io.kestra.plugin.core.log.Log, message: x}\nvariables:\n  a: {b: [{c: 1, c: 2}]}\n"

    (problem,) = with_head(text).problems

    assert (problem.line, problem.path) == (9, "variables.a.b[0].c")


def test_a_surprise_has_a_path(read: Parse) -> None:
    text = "id: a\nnamespace: b\ntasks: [{id: t, type: io.kestra.plugin.core.log.Log, message: on}]\n"

    (warning,) = read(text).warnings

    assert (warning.line, warning.path) == (3, "tasks[t].message")


def test_a_property_without_a_value_counts_as_absent(with_head: Parse) -> None:
    parsed = with_head("    retry:\n    timeout:\n    runIf:\nlabels:\ninputs:\nerrors:\n")

    assert (parsed.problems, parsed.flow is not None) == ((), True)


def test_a_required_property_without_a_value_is_missing(read: Parse) -> None:
    text = "id: a\nnamespace: b\ntasks:\n  - {id: t, type: io.kestra.plugin.core.log.Log, message: }\n"

    assert shown(read(text).problems) == ["flow.yaml:4:5 tasks[t].message: must not be null: it is required"]


def test_a_flow_without_tasks_is_told_that_it_needs_one(read: Parse) -> None:
    assert shown(read("id: a\nnamespace: b\n").problems) == [
        "flow.yaml:1:1 tasks: must not be empty: at least one task is needed"
    ]


def test_an_unknown_type_stands_at_its_type_with_a_hint(read: Parse) -> None:
    text = "id: a\nnamespace: b\ntasks:\n  - id: t\n    type: io.kestra.plugin.core.log.Logg\n"

    assert shown(read(text).problems) == [
        "flow.yaml:5:5 tasks[t].type: Invalid type: io.kestra.plugin.core.log.Logg"
        " (did you mean `io.kestra.plugin.core.log.Log`?)"
    ]


def test_a_type_in_the_wrong_case_is_unknown(read: Parse) -> None:
    text = "id: a\nnamespace: b\ntasks:\n  - {id: t, type: io.kestra.plugin.core.log.log}\n"

    assert read(text).problems[0].hint == "did you mean `io.kestra.plugin.core.log.Log`?"


def test_a_trigger_among_the_tasks_is_named_so(read: Parse) -> None:
    text = "id: a\nnamespace: b\ntasks:\n  - {id: t, type: io.kestra.plugin.core.trigger.Schedule, cron: '@daily'}\n"

    assert "is one of the triggers" in read(text).problems[0].hint


@pytest.mark.parametrize("value", ["12", "[a]", "", "{a: b}"])
def test_a_type_that_is_no_text_is_refused(read: Parse, value: str) -> None:
    text = f"id: a\nnamespace: b\ntasks:\n  - id: t\n    type: {value}\n"

    assert read(text).problems[0].path == "tasks[t].type"


def test_a_task_that_is_nothing_is_refused(read: Parse) -> None:
    (problem,) = read("id: a\nnamespace: b\ntasks:\n  - \n").problems

    assert (problem.line, problem.message) == (4, "a task is a mapping with `id` and `type`")


def test_tasks_must_be_a_list(read: Parse) -> None:
    (problem,) = read("id: a\nnamespace: b\ntasks: {id: t}\n").problems

    assert (problem.path, problem.message) == ("tasks", "must be a list, not a mapping")


def test_the_path_of_a_nested_task_shows_ids(with_head: Parse) -> None:
    text = """\
  - id: group
    type: io.kestra.plugin.core.flow.Sequential
    tasks:
      - id: inner
        type: io.kestra.plugin.core.log.Log
        message: x
        retry: {type: constant}
"""
    assert shown(with_head(text).problems) == [
        "flow.yaml:13:9 tasks[group].tasks[inner].retry.interval: must not be null: it is required"
    ]


def test_an_item_without_id_shows_its_index(with_head: Parse) -> None:
    (problem,) = with_head("  - {type: io.kestra.plugin.core.log.Log, message: x}\n").problems

    assert problem.path == "tasks[1].id"


def test_every_problem_of_a_file_is_found_at_once_in_its_order(with_head: Parse) -> None:
    text = """\
    nope: 1
  - id: log
    type: io.kestra.plugin.core.log.Lag
  - id: sub
    type: io.kestra.plugin.core.flow.Subflow
    namespace: company.team
    flowId: hello
    disabled: maybe
  - id: -x
    type: io.kestra.plugin.core.log.Log
    message: a
    message: b
labels: {Team: x}
inputs:
  - {id: a, type: STRIN}
  - {id: b, type: STRING, dependsOn: {inputs: [c]}}
outputs:
  - {id: o, type: STRING}
  - {id: o, type: STRING, value: x}
triggers:
  - {id: t, type: io.kestra.plugin.core.trigger.Schedule, cron: 61 * * * *}
"""
    paths = [(problem.line, problem.path) for problem in with_head(text).problems]

    assert paths == [
        (7, "tasks[log].nope"),
        (8, "tasks[log].id"),
        (9, "tasks[log].type"),
        (13, "tasks[sub].flowId"),
        (14, "tasks[sub].disabled"),
        (15, "tasks[-x].id"),
        (18, "tasks[-x].message"),
        (19, "labels.Team"),
        (21, "inputs[a].type"),
        (22, "inputs[b].dependsOn.inputs[0]"),
        (24, "outputs[o].value"),
        (25, "outputs[o].id"),
        (27, "triggers[t].cron"),
    ]


def test_a_flow_with_problems_is_none(with_head: Parse) -> None:
    assert with_head("nope: 1\n").flow is None


@pytest.mark.parametrize(
    ("property_text", "message"),
    [
        ("disabled: maybe", "must be true or false, not `maybe`"),
        ("logLevel: debug", "must be 'TRACE', 'DEBUG', 'INFO', 'WARN' or 'ERROR', not `debug`"),
        ("retry: {type: constant, interval: 5min}", "`5min` is no ISO 8601 duration such as PT30S, PT5M, PT1H or P1D"),
        ("retry: {type: constant, interval: 1, maxAttempts: 0}", "must be greater than or equal to 1"),
        ("retry: {type: constant, interval: PT9S, maxDuration: PT1S}", "'interval' must be less than 'maxDuration'"),
        ("description: [a]", "must be a text, not a list"),
    ],
)
def test_a_wrong_value_is_answered_with_what_is_right(with_head: Parse, property_text: str, message: str) -> None:
    (problem,) = with_head(f"    {property_text}\n").problems

    assert problem.message == message


def test_a_wrong_retry_type_is_answered_with_a_hint(with_head: Parse) -> None:
    (problem,) = with_head("    retry: {type: constan, interval: PT1S}\n").problems

    assert (problem.path, problem.hint) == ("tasks[log].retry.type", "did you mean `constant`?")


def test_a_word_in_the_wrong_case_is_answered_with_the_right_one(with_head: Parse) -> None:
    assert with_head("    logLevel: debug\n").problems[0].hint == "did you mean `DEBUG`?"


def test_a_bad_value_of_a_dynamic_property_is_left_to_its_task_run(with_head: Parse) -> None:
    assert with_head("    level: LOUD\n    timeout: soon\n").problems == ()


def test_a_boolean_as_an_id_is_that_word(read: Parse) -> None:
    text = "id: a\nnamespace: b\ntasks: [{id: yes, type: io.kestra.plugin.core.log.Log, message: x}]\n"

    parsed = read(text)

    assert parsed.flow is not None
    assert (parsed.flow.tasks[0].id, len(parsed.warnings)) == ("true", 1)


@pytest.mark.parametrize("name", ["revision: 7", "deleted: false", "tenantId: main", "updated: now", "source: x"])
def test_what_a_server_adds_to_a_flow_is_passed_over(with_head: Parse, name: str) -> None:
    parsed = with_head(f"{name}\n")

    assert (parsed.problems, parsed.unsupported) == ((), ())


def test_a_syntax_error_is_the_only_problem(with_head: Parse) -> None:
    assert len(with_head("nope: 1\n x: 2\n").problems) == 1


@pytest.mark.parametrize("text", ["\x00", "a: *b: c", "? : :", "!!python/object:os.system x", "- - - -", "%YAML 3.0"])
def test_no_text_makes_the_parser_raise(read: Parse, text: str) -> None:
    assert read(text).flow is None


@pytest.mark.parametrize("name", sorted(names_of(Flow) | {"taskDefaults", "listeners", "nope"}))
def test_no_shape_of_a_property_makes_the_parser_raise(read: Parse, name: str) -> None:
    for value in ("", "1", "x", "[]", "{}", "[x]", "[[]]", "[{}]", "{a: 1}", "[{id: {}, type: []}]", "true"):
        assert read(f"{name}: {value}\n").problems


def test_flowables_may_nest_deeply(read: Parse) -> None:
    task = "{id: t, type: io.kestra.plugin.core.log.Log, message: x}"
    for level in range(45):
        task = f"{{id: g{level}, type: io.kestra.plugin.core.flow.Sequential, tasks: [{task}]}}"

    parsed = read(f"id: a\nnamespace: b\ntasks: [{task}]\n")

    assert parsed.flow is not None
    assert len(list(parsed.flow.walk())) == 46
