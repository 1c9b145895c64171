"""`--watch`: what is saved is deployed, what is broken or gone changes nothing."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from celeriac.cli.redeploy import Redeployment
from celeriac.core.errors import FlowNotFound
from hand_engine import HandEngine

GOOD = "id: a\nnamespace: n\ntasks:\n  - {id: t, type: io.kestra.plugin.core.log.Log, message: one}\n"
BROKEN = "id: a\nnamespace: n\ntasks:\n  - {id: t, type: io.kestra.plugin.core.log.Log, message: one, colour: blue}\n"


class Watch:
    """A folder that is looked at when the test says so; `said` is what people see."""

    def __init__(self, folder: Path, engine: HandEngine) -> None:
        self.folder = folder
        self.said: list[str] = []
        self._flows = engine.app.flows
        self._now = 1e9
        self._redeployment = Redeployment(folder, self._flows, self.said.append, lambda: self._now)

    def save(self, name: str, text: str) -> Path:
        """As editors do: a new file takes the place of the old one."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        new = path.with_name(f".{path.name}.new")
        new.write_text(text)
        self._now += 10
        os.utime(new, (self._now, self._now))
        new.replace(path)
        return path

    def step(self, after_s: float = 1) -> list[str] | None:
        self._now += after_s
        problems = self._redeployment.step()
        return None if problems is None else [str(problem) for problem in problems]

    def revision(self, flow_id: str = "a") -> int:
        """0 = there is no such flow."""
        try:
            return self._flows.source("n", flow_id).revision
        except FlowNotFound:
            return 0

    @property
    def document(self) -> dict[str, object]:
        return dict(self._redeployment.document())


@pytest.fixture
def watch(tmp_path: Path, by_hand: HandEngine) -> Iterator[Watch]:
    folder = tmp_path / "flows"
    folder.mkdir()
    yield Watch(folder, by_hand)


def test_what_is_there_is_deployed_with_one_line_for_all(watch: Watch) -> None:
    watch.save("a.yaml", GOOD)
    watch.save("deep/b.yml", GOOD.replace("id: a", "id: b"))

    assert watch.step() == []
    assert (watch.revision("a"), watch.revision("b")) == (1, 1)
    assert watch.said == [f"watching {watch.folder}: 2 flows, 0 files with problems"]


def test_what_is_saved_is_deployed_and_told(watch: Watch) -> None:
    path = watch.save("a.yaml", GOOD)
    watch.step()
    watch.save("a.yaml", GOOD.replace("one", "two"))

    assert watch.step() == []
    assert watch.revision() == 2
    assert watch.said[1:] == [f"n.a is at revision 2 ({path})"]


def test_what_was_not_saved_is_not_deployed_again(watch: Watch) -> None:
    watch.save("a.yaml", GOOD)
    watch.step()

    assert watch.step() is None


def test_a_file_that_was_written_just_now_is_waited_for(watch: Watch) -> None:
    watch.save("a.yaml", GOOD)

    assert (watch.step(after_s=0.01), watch.step(after_s=1)) == (None, [])


def test_a_broken_file_is_told_with_line_and_column_and_keeps_the_last_revision(watch: Watch) -> None:
    path = watch.save("a.yaml", GOOD)
    watch.step()
    watch.save("a.yaml", BROKEN)
    (problem,) = watch.step() or []

    assert problem.startswith(f"{path}:4:")
    assert "colour" in problem
    assert watch.revision() == 1


def test_what_is_broken_now_is_in_the_document_until_it_is_repaired(watch: Watch) -> None:
    watch.save("a.yaml", BROKEN)
    watch.step()
    broken = watch.document
    watch.save("a.yaml", GOOD)
    watch.step()

    assert [problem["line"] for problem in broken["problems"]] == [4]  # type: ignore[attr-defined] # of a document
    assert watch.document == {"folder": str(watch.folder), "flows": 1, "problems": []}


def test_a_flow_that_became_no_text_is_told(watch: Watch) -> None:
    path = watch.save("a.yaml", GOOD)
    watch.step()
    watch.save("a.yaml", "")
    told = watch.step()
    watch.save("a.yaml", "colour: blue\n")

    assert told == [f"{path}: the file is empty (a flow has id, namespace and tasks)"]
    assert watch.step() == [f"{path}: is no flow any more (its last revision stays)"]
    assert watch.revision() == 1


def test_a_deleted_file_deletes_nothing(watch: Watch) -> None:
    path = watch.save("a.yaml", GOOD)
    watch.step()
    path.unlink()
    watch.step()

    assert watch.revision() == 1
    assert watch.said[1:] == [f"{path} is gone; flow n.a stays"]


def test_a_file_that_moves_goes_on_with_its_flow(watch: Watch) -> None:
    watch.save("a.yaml", GOOD)
    watch.step()
    watch.save("b.yaml", GOOD.replace("one", "two"))
    (watch.folder / "a.yaml").unlink()

    assert (watch.step(), watch.revision()) == ([], 2)


def test_a_flow_that_stands_in_two_files_is_told(watch: Watch) -> None:
    first = watch.save("a.yaml", GOOD)
    second = watch.save("b.yaml", GOOD.replace("one", "two"))
    told = watch.step()

    assert told == [f"{second}: id: flow `n.a` stands in {first}, too"]
    assert watch.revision() == 1


@pytest.mark.parametrize("name", ["_files/a.yaml", ".git/a.yaml", "a.txt"])
def test_other_files_are_left_alone(watch: Watch, name: str) -> None:
    watch.save(name, GOOD)

    assert (watch.step(), watch.revision()) == (None, 0)


def test_yaml_that_is_no_flow_is_passed_over(watch: Watch) -> None:
    watch.save("compose.yaml", "services: {}\n")

    assert watch.step() == []


def test_a_folder_that_goes_away_is_waited_for(watch: Watch) -> None:
    watch.save("a.yaml", GOOD)
    watch.step()
    watch.folder.rename(watch.folder.with_name("other"))
    watch.step()
    watch.folder.with_name("other").rename(watch.folder)

    assert (watch.step(), watch.revision()) == ([], 1)


def test_a_file_is_deployed_when_the_one_with_the_same_flow_is_gone(watch: Watch) -> None:
    first = watch.save("a.yaml", GOOD)
    watch.save("b.yaml", GOOD.replace("one", "two"))
    watch.step()
    before = watch.revision()
    first.unlink()

    assert (before, watch.step(), watch.revision()) == (1, [], 2)
    assert watch.document["problems"] == []


def test_broken_files_may_go_together(watch: Watch) -> None:
    paths = [watch.save(name, BROKEN) for name in ("a.yaml", "b.yaml")]
    watch.step()
    for path in paths:
        path.unlink()

    assert watch.step() is None
    assert watch.document["problems"] == []
