"""What the tests of inputs share: flows read from YAML, the renderer of expressions."""

import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from celeriac.core.expression.renderer import Renderer
from celeriac.core.expression.world import NoWorld
from celeriac.core.inputs import AnyInput, Input, Resolved, resolve
from celeriac.core.inputs.yaml_text import parse_yaml

collect_ignore = [] if (Path(__file__).parents[4] / "shared" / "conformance").is_dir() else ["test_conformance.py"]
"""Cases of the real engines, where they are at hand."""

INPUTS: TypeAdapter[list[Input]] = TypeAdapter(list[AnyInput])
RENDERER = Renderer(NoWorld(lambda: datetime(2026, 1, 2, tzinfo=UTC), random.Random(1).random))
Declare = Callable[[str], list[Input]]
Start = Callable[..., Resolved]


@pytest.fixture
def declare() -> Declare:
    """The inputs of a YAML text that is the list below `inputs:`."""
    return lambda text: INPUTS.validate_python(parse_yaml(text))


@pytest.fixture
def render() -> Callable[[Any, Mapping[str, Any]], Any]:
    """The renderer of expressions, in a world without anything."""
    flow = {"flow": {"id": "shop", "namespace": "tests"}}
    return lambda value, variables: RENDERER.render(value, {**flow, **variables}, typed=True)


@pytest.fixture
def start(declare: Declare, render: Callable[[Any, Mapping[str, Any]], Any]) -> Start:
    """start(YAML of the inputs, **given values)."""
    return lambda text, **given: resolve(declare(text), given, render)


@pytest.fixture
def text() -> Callable[[Any, Mapping[str, Any]], Any]:
    """The renderer as a task such as Return uses it: everything becomes text."""
    return RENDERER.render
