"""The examples that a server registers: each is valid, and runs to the end that its description promises."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import celeriac
from celeriac.flowfile import parse
from celeriac.plugins.discovery import discover
from celeriac.services.examples import NAMESPACE, examples
from flows.conftest import RunFlow

FOLDER = Path(celeriac.__file__).parent / NAMESPACE
ENDS: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "break-me": ("FAILED", {}),
    "called": ("SUCCESS", {}),
    "every_morning": ("SUCCESS", {}),
    "hello": ("SUCCESS", {"greeting": "Hello world"}),
    "order_form": ("SUCCESS", {"amount": 25.0}),
    "python_report": ("SUCCESS", {"visitors": 635}),
    "side_by_side": ("SUCCESS", {"cities": 4}),
    "third_time_lucky": ("SUCCESS", {"attempts": 3}),
}
"""{flow id: (how it ends, outputs among others)}"""


def _ids(found: Sequence[tuple[str, str]]) -> list[str]:
    return [flow_id for flow_id, _ in found]


def test_each_example_is_run_here() -> None:
    assert _ids(list(examples())) == sorted(ENDS)


@pytest.mark.parametrize(("flow_id", "source"), list(examples()), ids=_ids(list(examples())))
def test_an_example_is_valid_and_described(flow_id: str, source: str) -> None:
    found = parse(source, discover())

    assert [str(problem) for problem in (*found.problems, *found.warnings, *found.unsupported)] == []
    assert found.flow is not None
    assert (found.flow.namespace, found.flow.id, bool(found.flow.description)) == (NAMESPACE, flow_id, True)


@pytest.mark.parametrize("flow_id", sorted(ENDS))
def test_an_example_ends_as_promised(run_flow: RunFlow, flow_id: str) -> None:
    state, outputs = ENDS[flow_id]
    run = run_flow(FOLDER / f"{flow_id}.yaml")

    assert run.state == state
    assert outputs.items() <= run.outputs.items()


def test_the_repaired_example_succeeds(run_flow: RunFlow, tmp_path: Path) -> None:
    source = (FOLDER / "break-me.yaml").read_text().replace("parts = 0  # make this 4", "parts = 4")
    (tmp_path / "repaired.yaml").write_text(source)

    assert run_flow(tmp_path / "repaired.yaml").messages("after") == ["Everybody gets 25.0"]


def test_the_report_counts_its_visitors(run_flow: RunFlow) -> None:
    run = run_flow(FOLDER / "python_report.yaml", "-i", "days=2")

    assert run.file("report/report.csv").splitlines()[0] == "day,visitors"
    assert len(run.file("report/report.csv").splitlines()) == 3
