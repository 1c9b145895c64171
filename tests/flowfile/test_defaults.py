from collections.abc import Callable
from typing import Any

import pytest

from celeriac.flowfile import ParsedFlow

Parse = Callable[[str], ParsedFlow]

SCRIPT = """\
  - id: s
    type: io.kestra.plugin.scripts.shell.Script
    script: x
    env: {A: own, B: own}
"""


def tasks(parsed: ParsedFlow) -> dict[str, Any]:
    assert parsed.problems == ()
    assert parsed.flow is not None
    return {task.id: task for task, _ in parsed.flow.walk()}


def test_a_default_fills_what_is_missing(with_head: Parse) -> None:
    text = "pluginDefaults: [{type: io.kestra.plugin.core.log.Log, values: {level: WARN, message: other}}]\n"

    log = tasks(with_head(text))["log"]

    assert (log.level, log.message) == ("WARN", "hi")


def test_a_forced_default_overrides(with_head: Parse) -> None:
    text = "pluginDefaults: [{type: io.kestra.plugin.core.log.Log, forced: true, values: {message: other}}]\n"

    assert tasks(with_head(text))["log"].message == "other"


def test_mappings_merge_with_the_own_values_first(with_head: Parse) -> None:
    text = SCRIPT + "pluginDefaults: [{type: io.kestra.plugin.scripts, values: {env: {B: default, C: default}}}]\n"

    assert tasks(with_head(text))["s"].env == {"A": "own", "B": "own", "C": "default"}


@pytest.mark.parametrize("prefix", ["io.kestra", "io.kestra.plugin.core", "io.kestra.plugin.core.log.Log"])
def test_a_default_fits_every_type_that_starts_so(with_head: Parse, prefix: str) -> None:
    text = f"pluginDefaults: [{{type: {prefix}, values: {{allowFailure: true}}}}]\n"

    assert tasks(with_head(text))["log"].allow_failure is True


def test_a_default_reaches_nested_tasks(with_head: Parse) -> None:
    text = """\
  - id: group
    type: io.kestra.plugin.core.flow.Sequential
    tasks: [{id: inner, type: io.kestra.plugin.core.log.Log, message: x}]
pluginDefaults: [{type: io.kestra.plugin.core.log.Log, values: {level: WARN}}]
"""
    assert tasks(with_head(text))["inner"].level == "WARN"


def test_an_alias_names_the_same_type(with_head: Parse) -> None:
    text = "pluginDefaults: [{type: io.kestra.core.tasks.log.Log, values: {level: WARN}}]\n"

    assert tasks(with_head(text))["log"].level == "WARN"


def test_the_closer_name_wins_over_the_prefix(with_head: Parse) -> None:
    text = """\
pluginDefaults:
  - {type: io.kestra, values: {level: ERROR}}
  - {type: io.kestra.plugin.core.log.Log, values: {level: WARN}}
"""
    assert tasks(with_head(text))["log"].level == "WARN"


def test_a_prefix_gives_a_type_only_what_it_has(with_head: Parse) -> None:
    text = SCRIPT + "pluginDefaults: [{type: io.kestra, values: {level: WARN, nothing: 1}}]\n"

    assert tasks(with_head(text))["log"].level == "WARN"


def test_an_unknown_property_of_a_known_type_is_a_problem(with_head: Parse) -> None:
    text = "pluginDefaults:\n  - type: io.kestra.plugin.core.log.Log\n    values:\n      nope: 1\n"

    assert [str(problem) for problem in with_head(text).problems] == [
        "flow.yaml:10:7 pluginDefaults[0].values.nope: Invalid Plugin Default: "
        "No property 'nope' exists in plugin 'io.kestra.plugin.core.log.Log'"
    ]


def test_a_default_without_values_is_a_problem(with_head: Parse) -> None:
    (problem,) = with_head("pluginDefaults: [{type: io.kestra}]\n").problems

    assert problem.message == "Invalid Plugin Default: No 'values' provided"


def test_a_wrong_value_of_a_default_is_marked_where_the_default_stands(with_head: Parse) -> None:
    text = "pluginDefaults:\n  - type: io.kestra.plugin.core.log.Log\n    values:\n      disabled: maybe\n"

    (problem,) = with_head(text).problems

    assert (problem.line, problem.column, problem.path) == (10, 7, "tasks[log].disabled")


def test_the_old_name_works_with_a_warning(with_head: Parse) -> None:
    parsed = with_head("taskDefaults: [{type: io.kestra.plugin.core.log.Log, values: {level: WARN}}]\n")

    assert tasks(parsed)["log"].level == "WARN"
    assert [str(warning) for warning in parsed.warnings] == [
        "flow.yaml:7:1 taskDefaults: `taskDefaults` is the old name of `pluginDefaults`"
    ]


def test_lists_are_joined_with_the_default_first(with_head: Parse) -> None:
    text = """\
  - {id: p, type: io.kestra.plugin.core.flow.Pause, onResume: [{id: b}]}
pluginDefaults: [{type: io.kestra.plugin.core.flow.Pause, values: {onResume: [{id: a}]}}]
"""
    pause = tasks(with_head(text))["p"]

    assert [{"id": "a"}, {"id": "b"}] in pause.model_dump().values()
