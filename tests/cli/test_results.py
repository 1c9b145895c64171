"""Results: outputs, the beginning of stored files, copies of them."""

from pathlib import Path

import click
import pytest

from celeriac.cli.fakes import FakeFiles, make_document, make_run
from celeriac.cli.results import print_results, summary
from celeriac.cli.stored_files import download, preview, stored_files
from celeriac.cli.wording import duration, size

URI = "kestra:///n/f/executions/x1/tasks/a/1/rows.jsonl"


def _printed(document: dict[str, object], files: FakeFiles) -> list[str]:
    lines: list[str] = []
    print_results(document, files, stored_files([document]), lines.append)
    return [click.unstyle(line) for text in lines for line in text.splitlines()]


def test_outputs_of_the_flow_and_of_its_tasks_are_printed() -> None:
    document = make_document("x1", "SUCCESS", make_run("a", outputs={"vars": {"n": 1}}), outputs={"total": 12.5})

    assert _printed(document, FakeFiles()) == [
        "",
        "Outputs",
        "  total: 12.5",
        "",
        "Outputs of tasks",
        '  a.vars: {"n": 1}',
    ]


def test_outputs_that_only_name_stored_files_are_not_printed_twice() -> None:
    document = make_document("x1", "SUCCESS", make_run("a", outputs={"outputFiles": {"b": URI}, "uris": [URI]}))

    assert "Outputs of tasks" not in _printed(document, FakeFiles())


def test_each_stored_file_is_shown_with_its_size_and_first_five_rows() -> None:
    rows = b"".join(b'{"i": %d}\n' % number for number in range(100))
    document = make_document("x1", "SUCCESS", make_run("a", outputs={"uri": URI}))

    printed = _printed(document, FakeFiles({URI: rows}))

    assert printed[-7:] == ["Files", "  a: rows.jsonl (990 B)"] + [f'    {{"i": {number}}}' for number in range(5)]


def test_a_binary_file_is_not_printed() -> None:
    assert preview(FakeFiles({URI: b"PAR1\0\x01"}), URI).is_text is False


def test_a_file_that_is_named_twice_is_shown_once() -> None:
    document = make_document("x1", "SUCCESS", make_run("a", outputs={"uri": URI}), outputs={"file": URI})

    assert [file.owner for file in stored_files([document])] == ["a"]


def test_output_files_are_written_under_their_names(tmp_path: Path) -> None:
    uri = "kestra:///n/f/executions/x1/tasks/a/1/8f2"
    run = make_run("a", outputs={"outputFiles": {"data/out.csv": uri}}, value="v1")
    found = stored_files([make_document("x1", "SUCCESS", run)])

    paths = download(FakeFiles({uri: b"1,2\n"}), found, tmp_path / "out")

    assert [(path.relative_to(tmp_path), path.read_bytes()) for path in paths] == [
        (Path("out/a/v1/data/out.csv"), b"1,2\n")
    ]


def test_two_files_of_one_name_are_both_written(tmp_path: Path) -> None:
    uris = [f"kestra:///n/f/x/{number}/out.csv" for number in range(3)]
    found = stored_files([make_document("x1", "SUCCESS", make_run("a", outputs={"uris": uris}))])

    paths = download(FakeFiles(dict.fromkeys(uris, b"")), found, tmp_path)

    assert sorted(path.name for path in paths) == ["out-2.csv", "out-3.csv", "out.csv"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..", "a/../../b"])
def test_no_file_leaves_the_download_folder(tmp_path: Path, name: str) -> None:
    run = make_run("a", outputs={"outputFiles": {name: URI}}, value="../..")
    found = stored_files([make_document("x1", "SUCCESS", run)])

    paths = download(FakeFiles({URI: b"x"}), found, tmp_path / "out")

    assert [path.resolve().is_relative_to(tmp_path / "out") for path in paths] == [True]


def test_the_summary_names_state_flow_duration_and_execution() -> None:
    text = click.unstyle(summary(make_document("x1", "FAILED", make_run("a"))))

    assert text == "FAILED  n.f  1 task run  2.50s  x1"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.421, "0.42s"), (12.34, "12.3s"), (185, "3m05s"), (7620, "2h07m"), (None, "")]
)
def test_durations_are_short(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (200_000_000, "200.0 MB")])
def test_sizes_have_a_unit(count: int, text: str) -> None:
    assert size(count) == text
