import inspect
import subprocess
import sys
import textwrap

import pytest

from celeriac.core.plugin_types import KINDS
from celeriac.flowfile import parse
from celeriac.plugins.discovery import discover, index, known

HEAVY = ("flask", "celery", "sqlalchemy", "docker", "duckdb", "obstore", "pandas", "redis")


def test_the_plugins_of_this_package_are_found() -> None:
    types = discover()

    assert {"io.kestra.plugin.core.log.Log", "io.kestra.plugin.core.trigger.Schedule"} <= set(types.names())


@pytest.mark.parametrize("kind", KINDS)
def test_every_plugin_has_the_name_it_is_found_by(kind: str) -> None:
    for name, cls in discover().classes(kind).items():
        assert name == cls.type_name  # type: ignore[attr-defined] # every base in KINDS has it


def test_the_registry_is_made_once() -> None:
    assert discover() is discover()


def test_finding_the_plugins_imports_nothing_heavy() -> None:
    code = "import sys; from celeriac.plugins.discovery import discover; discover(); print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert [name for name in HEAVY if name in loaded] == []


def test_every_alias_leads_to_a_type() -> None:
    data = known()
    listed = {name for kind in KINDS for name in data.types(kind)}

    assert [new for new in data.aliases.values() if new not in listed] == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("io.kestra.plugin.core.flow.Dag", "tasks"),
        ("io.kestra.plugin.core.flow.ForEachItem", "tasks"),
        ("io.kestra.plugin.aws.s3.Trigger", "triggers"),
        ("io.kestra.plugin.ee.kubernetes.runner.Kubernetes", "runners"),
        ("io.kestra.plugin.core.condition.PublicHolidayCondition", "conditions"),
        ("io.kestra.plugin.langchain4j.rag.Search", "tasks"),
    ],
)
def test_what_kestra_has_is_listed(name: str, kind: str) -> None:
    assert discover().kind_of(name) == kind


def test_the_properties_of_every_built_task_that_kestra_has_are_listed_there() -> None:
    types, data = discover(), known()
    for name, cls in types.classes("tasks").items():
        if (listed := data.tasks.get(name)) is not None:
            own = {info.alias for info in cls.model_fields.values()}  # type: ignore[attr-defined] # a pydantic model
            common = set(data.common["task"].split()) | {"errors", "finally"}
            assert own - common - set(listed.split()) == set(), name


def example(cls: type) -> str:
    """The YAML after `Example:` in a docstring."""
    return textwrap.dedent((inspect.getdoc(cls) or "").partition("Example:\n")[2])


@pytest.mark.parametrize("kind", ["tasks", "triggers"])
def test_every_task_type_and_trigger_has_an_example_that_is_a_right_flow(kind: str) -> None:
    types = discover()
    wrong = {
        name: parse(example(cls), types).problems or parse(example(cls), types).unsupported
        for name, cls in types.classes(kind).items()
    }

    assert {name: problems for name, problems in wrong.items() if problems} == {}


def test_the_index_names_every_type() -> None:
    assert set(index()) == set(discover().names())
