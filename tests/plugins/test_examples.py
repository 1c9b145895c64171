"""The example in the docstring of each task type is a valid flow that uses it."""

import inspect

import pytest

from celeriac.flowfile.parse import parse
from celeriac.plugins.discovery import discover

TASKS = discover().classes("tasks")


def example_of(kind: type) -> str:
    """The YAML after `Example:` in a docstring, up to its end."""
    return inspect.cleandoc((kind.__doc__ or "").partition("Example:")[2].replace("\n    ", "\n"))


@pytest.mark.parametrize("name", TASKS)
def test_the_example_is_a_valid_flow_with_that_task(name: str) -> None:
    found = parse(example_of(TASKS[name]), discover())

    assert [str(problem) for problem in (*found.problems, *found.unsupported)] == []
    assert found.flow is not None
    assert name in {task.type for task, _ in found.flow.walk()}
