from typing import Any, ClassVar

import pytest
from pydantic_core import PydanticCustomError

from celeriac.core.missing_types import MissingFlowable, MissingRunner, MissingTask
from celeriac.core.plugin_types import Known, Types
from celeriac.core.runner import RunnerType
from celeriac.core.task_type import TaskType


class Step(TaskType):
    type_name: ClassVar[str] = "io.kestra.plugin.core.Step"
    aliases: ClassVar[tuple[str, ...]] = ("org.example.OldStep",)


class Here(RunnerType):
    type_name: ClassVar[str] = "io.kestra.plugin.core.Here"


KNOWN = Known(
    tasks={
        "io.kestra.plugin.core.Step": "one two",
        "io.kestra.plugin.core.Later": "three",
        "io.kestra.plugin.core.Group": "tasks errors finally",
        "io.kestra.plugin.moved.Step": "one",
        "io.kestra.plugin.core.Open": None,
    },
    runners={"io.kestra.plugin.core.There": "four"},
    aliases={
        "io.kestra.core.tasks.Step": "io.kestra.plugin.core.Step",
        "io.kestra.core.Later": "io.kestra.plugin.core.Later",
    },
    families={"io.kestra.plugin.old.": "io.kestra.plugin.core."},
    common={"task": "id type version"},
)
TYPES = Types((Step, Here), KNOWN)


@pytest.mark.parametrize(
    "name",
    [
        "io.kestra.plugin.core.Step",
        "core.Step",
        "org.example.OldStep",
        "io.kestra.core.tasks.Step",
        "io.kestra.plugin.old.Step",
    ],
)
def test_a_type_is_found_by_each_of_its_names(name: str) -> None:
    assert TYPES.task(name) is Step


def test_a_runner_is_found_among_the_runners() -> None:
    assert TYPES.runner("core.Here") is Here


def test_a_type_that_is_built_keeps_its_name_though_kestra_moved_it() -> None:
    known = Known(tasks=KNOWN.tasks, aliases={"io.kestra.plugin.core.Step": "io.kestra.plugin.moved.Step"})

    assert Types((Step,), known).task("io.kestra.plugin.core.Step") is Step


@pytest.mark.parametrize("name", ["io.kestra.plugin.core.Later", "core.Later", "io.kestra.core.Later"])
def test_a_type_that_is_not_built_is_known(name: str) -> None:
    assert TYPES.known(name)


@pytest.mark.parametrize("name", ["io.kestra.plugin.core.Step", "org.example.Nothing", ""])
def test_other_names_are_not_known(name: str) -> None:
    assert not TYPES.known(name)


def test_a_type_that_is_not_built_gives_a_stand_in() -> None:
    assert issubclass(TYPES.task("core.Later"), MissingTask)


def test_a_flowable_that_is_not_built_gives_a_flowable_stand_in() -> None:
    assert issubclass(TYPES.task("core.Group"), MissingFlowable)


def test_a_runner_that_is_not_built_gives_a_stand_in() -> None:
    assert issubclass(TYPES.runner("core.There"), MissingRunner)


def test_a_stand_in_takes_the_properties_of_its_type_only() -> None:
    stand_in = TYPES.task("core.Later")

    with pytest.raises(ValueError, match="nope"):
        stand_in.model_validate({"id": "a", "type": "core.Later", "three": [1], "nope": 1})


def test_a_stand_in_without_known_properties_takes_all() -> None:
    task = TYPES.task("core.Open").model_validate({"id": "a", "type": "core.Open", "anything": 1})

    assert task.model_extra == {"anything": 1}


@pytest.mark.parametrize("name", [None, 12, [], {}, ""])
def test_a_type_that_is_no_name_is_refused(name: Any) -> None:
    with pytest.raises(PydanticCustomError, match="must not be null"):
        TYPES.task(name)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("core.Stepp", "did you mean `core.Step`?"),
        ("io.kestra.plugin.core.step", "did you mean `io.kestra.plugin.core.Step`?"),
        ("core.Here", "`core.Here` is one of the runners, not of the tasks"),
        ("something.else.entirely", ""),
    ],
)
def test_an_unknown_type_is_refused_with_a_hint(name: str, hint: str) -> None:
    with pytest.raises(PydanticCustomError, match="Invalid type") as failure:
        TYPES.task(name)

    assert (failure.value.context or {})["hint"] == hint


def test_the_names_are_those_of_what_is_built() -> None:
    assert TYPES.names() == ("io.kestra.plugin.core.Here", "io.kestra.plugin.core.Step")


def test_the_properties_of_a_type_include_the_common_ones() -> None:
    assert TYPES.properties("core.Later") == {"three", "id", "type", "version"}
