"""The flows around a file: what is one, what is broken, what is needed."""

from pathlib import Path

import pytest

from celeriac.cli.arguments import RunArguments
from celeriac.cli.fakes import FakeEngine, FakeParsed, make_flow
from celeriac.cli.flow_folder import LARGEST_BYTES, flow_files, flow_texts, read_flow
from celeriac.cli.intake import take_in
from celeriac.core.errors import FlowInvalid, InputsInvalid, Problem
from celeriac.core.flow import Flow

SOURCE = "id: {0}\nnamespace: n\ntasks: []\n"


@pytest.fixture
def engine() -> FakeEngine:
    """An application in which nothing has happened."""
    return FakeEngine()


def _file(
    engine: FakeEngine, folder: Path, name: str, *subflows: str, problem: str = "", unsupported: str = ""
) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(SOURCE.format(name))
    problems = [Problem(problem, "tasks", 3, 1, file=str(path))] if problem else []
    notices = [Problem(unsupported, "sla", 3, 1, file=str(path))] if unsupported else []
    flow: Flow | None = None if problem else make_flow(name, *subflows)
    engine.flows.says[path.name] = FakeParsed(flow, problems, notices)
    return path


def test_yaml_that_is_no_flow_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    (tmp_path / "list.yml").write_text("- id: a\n")
    (tmp_path / "flow.yml").write_text(SOURCE.format("a"))

    assert [text.path.name for text in flow_texts(flow_files(tmp_path, deep=False))] == ["flow.yml"]


def test_a_flow_that_is_no_valid_yaml_is_still_meant_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("id: a\nnamespace: n\ntasks:\n  - id: [\n")

    assert flow_texts(flow_files(tmp_path, deep=False))[0].key == ("n", "a")


def test_hidden_folders_and_namespace_files_are_no_flows(tmp_path: Path) -> None:
    for name in (".celeriac", "_files", "team"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "flow.yaml").write_text(SOURCE.format(name.strip("._")))

    assert [path.parent.name for path in flow_files(tmp_path, deep=True)] == ["team"]


@pytest.mark.parametrize("content", [b"", b"  \n\n", b"\xff\xfe\x00"])
def test_an_empty_file_or_one_that_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "flow.yaml"
    path.write_bytes(content)

    with pytest.raises(FlowInvalid):
        read_flow(path)


def _take_in(engine: FakeEngine, path: Path, **more: dict[str, str]) -> list[str]:
    intake = take_in(engine.flows, RunArguments(path, **more), read_flow(path))
    return [warning.message for warning in intake.warnings]


def test_the_neighbours_are_registered_with_the_flow(engine: FakeEngine, tmp_path: Path) -> None:
    _file(engine, tmp_path, "child")

    assert _take_in(engine, _file(engine, tmp_path, "main", "child")) == []
    assert engine.flows.registered == ["child.yaml", "main.yaml"]


def test_a_broken_neighbour_is_a_warning(engine: FakeEngine, tmp_path: Path) -> None:
    _file(engine, tmp_path, "other", problem="must not be empty")

    assert _take_in(engine, _file(engine, tmp_path, "main")) == ["not registered: must not be empty"]


def test_a_broken_neighbour_that_a_subflow_names_stops_the_start(engine: FakeEngine, tmp_path: Path) -> None:
    _file(engine, tmp_path, "child", problem="must not be empty")

    with pytest.raises(FlowInvalid, match=r"child\.yaml"):
        _take_in(engine, _file(engine, tmp_path, "main", "child"))


def test_a_broken_flow_behind_a_subflow_stops_the_start_too(engine: FakeEngine, tmp_path: Path) -> None:
    _file(engine, tmp_path, "grandchild", problem="must not be empty")
    _file(engine, tmp_path, "child", "grandchild")

    with pytest.raises(FlowInvalid, match=r"grandchild\.yaml"):
        _take_in(engine, _file(engine, tmp_path, "main", "child"))


def test_two_files_with_one_id_are_an_error_that_names_both(engine: FakeEngine, tmp_path: Path) -> None:
    path = _file(engine, tmp_path, "main")
    (tmp_path / "copy.yaml").write_text(path.read_text())

    with pytest.raises(FlowInvalid) as refused:
        _take_in(engine, path)
    assert f"{tmp_path}/main.yaml and in {tmp_path}/copy.yaml" in str(refused.value)


def test_what_is_not_built_stops_the_start(engine: FakeEngine, tmp_path: Path) -> None:
    path = _file(engine, tmp_path, "main", unsupported="known in Kestra, not in this version of Celeriac")

    with pytest.raises(FlowInvalid, match="not in this version"):
        _take_in(engine, path)


def test_an_input_that_the_flow_does_not_declare_is_refused_with_a_hint(engine: FakeEngine, tmp_path: Path) -> None:
    path = _file(engine, tmp_path, "main")
    flow = make_flow("main", inputs=[])
    engine.flows.says["main.yaml"] = FakeParsed(flow)

    with pytest.raises(InputsInvalid) as refused:
        _take_in(engine, path, inputs={"date": "x"})
    assert refused.value.problems[0].hint == "the flow declares no inputs"


def test_a_folder_given_by_name_is_searched_in_depth(engine: FakeEngine, tmp_path: Path) -> None:
    (tmp_path / "flows" / "team").mkdir(parents=True)
    _file(engine, tmp_path / "flows" / "team", "child")
    path = _file(engine, tmp_path, "main", "child")

    take_in(engine.flows, RunArguments(path, flows=tmp_path / "flows"), read_flow(path))

    assert engine.flows.registered == ["child.yaml", "main.yaml"]


def test_a_file_that_is_nested_too_deeply_is_a_flow_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text(SOURCE.format("deep") + "".join(f"{' ' * depth}a:\n" for depth in range(990)))

    assert [text.key for text in flow_texts([path])] == [("n", "deep")]


def test_aliases_are_not_spelled_out(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 20)}]" for n in range(1, 12))]
    path = tmp_path / "aliases.yaml"
    path.write_text("\n".join([*lines, "id: wide", "namespace: n", "tasks: *a11"]))

    assert [text.key for text in flow_texts([path])] == [("n", "wide")]


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_text("#" * (LARGEST_BYTES + 1))

    with pytest.raises(FlowInvalid, match="larger than"):
        read_flow(path)
