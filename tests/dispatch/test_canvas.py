"""The canvases that are published are those that are printed, and they carry ids only."""

import json
from collections.abc import Sequence

from celeriac.core.decision import Fan
from celeriac.core.frames import TaskRun
from celeriac.core.state import State
from celeriac.dispatch.app import make_celery
from celeriac.dispatch.canvas import canvases
from celeriac.dispatch.outline import outline
from celeriac.flowfile import load
from celeriac.plugins.discovery import discover
from engine.flow_text import SHELL, flow, log, work
from hand_engine import HandEngine

PARALLEL = "io.kestra.plugin.core.flow.Parallel"
FOR_EACH = "io.kestra.plugin.core.flow.ForEach"
BODY = f"""
tasks:
  - {log("first")}
  - {work("a")}
  - {work("b")}
  - {{id: p, type: {PARALLEL}, tasks: [{work("l")}, {work("r")}]}}
  - {{id: each, type: {FOR_EACH}, values: [1, 2], concurrencyLimit: 0, tasks: [{work("c")}, {work("d")}]}}
  - {work("e", "runIf: true")}
  - {work("f")}
finally: [{work("g")}, {work("h")}]
"""


def printed(source: str) -> list[tuple[str, tuple[str, ...]]]:
    """[(chain or chord, task ids)] in an outline, in its order."""
    found: list[tuple[str, tuple[str, ...]]] = []
    kind, ids = "", list[str]()
    for line in (line.strip() for line in outline(load(source, discover()))):
        word, _, rest = line.partition(" ")
        if word in ("chain", "chord") and not ids:
            kind = kind if kind == "chord" and word == "chain" else word
        elif word == "execute":
            ids.append(rest.split()[0])
        elif ids and (word == "advance" or line == "join: advance"):
            found.append((kind, tuple(ids)))
            kind, ids = "", []
    return found


def sent(fans: Sequence[Fan]) -> list[tuple[str, tuple[str, ...]]]:
    """The same of what was published; the chains of a chord's iterations count once."""
    return [
        (
            "chord" if fan.join else "chain",
            tuple(dict.fromkeys(run.task_id for segment in fan.segments for run in segment)),
        )
        for fan in fans
    ]


def test_what_is_printed_is_what_is_published(by_hand: HandEngine) -> None:
    ended = by_hand.run(flow(BODY))

    assert ended.state == "SUCCESS"
    assert printed(flow(BODY)) == sent(by_hand.publisher.fans_published)


def run(seq: int, attempt: int = 1) -> TaskRun:
    return TaskRun(seq, 0, f"t{seq}", "tasks", seq, State.QUEUED, 0, attempt=attempt)


def test_a_chain_ends_by_advancing_its_execution() -> None:
    (chain,) = canvases(make_celery("memory://", "cache+memory://"), "x", [Fan(((run(1), run(2, 3)),), join=False)])

    assert [(one.task, one.args, one.immutable) for one in chain.tasks] == [
        ("celeriac.execute", ("x", 1, 1), True),
        ("celeriac.execute", ("x", 2, 3), True),
        ("celeriac.advance", ("x",), True),
    ]


def test_a_chord_joins_by_advancing_its_execution_once() -> None:
    fan = Fan(((run(1),), (run(2), run(3))), join=True)

    (chord,) = canvases(make_celery("memory://", "cache+memory://"), "x", [fan])

    assert len(chord.tasks) == 2
    assert (chord.body.task, chord.body.args) == ("celeriac.advance", ("x",))


def test_a_message_carries_ids_and_nothing_of_the_flow(by_hand: HandEngine) -> None:
    script = f"{{id: s, type: {SHELL}, script: 'echo something long', env: {{KEY: secret}}}}"
    execution_id = by_hand.start(flow(f"tasks: [{script}]"))
    by_hand.app.advance(execution_id)

    (chain,) = canvases(make_celery("memory://", "cache+memory://"), execution_id, by_hand.publisher.fans_published)

    text = json.dumps(chain)
    assert "something long" not in text and "secret" not in text
    assert execution_id in text
