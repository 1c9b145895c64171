"""A few task types of our own, so that these tests hold whatever the plugins look like."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from celeriac.core.dynamic import Dynamic
from celeriac.core.flow import Flowable, Mode, Task, TaskList
from celeriac.core.plugin_types import Types
from celeriac.core.runner import RunnerType
from celeriac.core.task_type import TaskType
from celeriac.flowfile import ParsedFlow, parse
from celeriac.plugins.core.condition.combined import MultipleCondition, Or
from celeriac.plugins.core.condition.executions import ExecutionStatus
from celeriac.plugins.core.trigger.flow import Flow as FlowTrigger
from celeriac.plugins.core.trigger.schedule import Schedule
from celeriac.plugins.core.trigger.webhook import Webhook
from celeriac.plugins.discovery import known
from celeriac.plugins.runners.any_runner import AnyRunner

collect_ignore = [] if (Path(__file__).parents[3] / "shared" / "conformance").is_dir() else ["test_conformance.py"]
"""Cases of the real engines, where they are at hand."""


class Log(TaskType):
    type_name: ClassVar[str] = "io.kestra.plugin.core.log.Log"
    aliases: ClassVar[tuple[str, ...]] = ("org.example.OldLog",)

    message: Dynamic[str]
    level: Dynamic[str] = "INFO"


class Script(TaskType):
    type_name: ClassVar[str] = "io.kestra.plugin.scripts.shell.Script"

    script: Dynamic[str]
    env: Dynamic[dict[str, str]] = {}
    task_runner: AnyRunner | None = None


class Group(Flowable):
    type_name: ClassVar[str] = "io.kestra.plugin.core.flow.Sequential"

    tasks: TaskList


class Cases(Flowable):
    type_name: ClassVar[str] = "io.kestra.plugin.core.flow.Switch"

    value: Dynamic[str]
    cases: dict[str, TaskList] = {}


class Call(Task):
    type_name: ClassVar[str] = "io.kestra.plugin.core.flow.Subflow"
    mode: ClassVar[Mode] = Mode.CHILD

    namespace: Dynamic[str]
    flow_id: Dynamic[str]


class Here(RunnerType):
    type_name: ClassVar[str] = "io.kestra.plugin.core.runner.Process"
    name: ClassVar[str] = "process"


CLASSES = (
    Log,
    Script,
    Group,
    Cases,
    Call,
    Here,
    Schedule,
    Webhook,
    FlowTrigger,
    ExecutionStatus,
    Or,
    MultipleCondition,
)

HEAD = """\
id: hello
namespace: company.team
tasks:
  - id: log
    type: io.kestra.plugin.core.log.Log
    message: hi
"""


@pytest.fixture(scope="session")
def types() -> Types:
    return Types(CLASSES, known())


@pytest.fixture(scope="session")
def read(types: Types) -> Callable[[str], ParsedFlow]:
    """Parses a text as `flow.yaml`."""
    return lambda text: parse(text, types, file="flow.yaml")


@pytest.fixture(scope="session")
def with_head(types: Types) -> Callable[[str], ParsedFlow]:
    """Parses a right flow of six lines followed by a text, which starts in line 7."""
    return lambda text: parse(HEAD + text, types, file="flow.yaml")
