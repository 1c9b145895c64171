"""The source of a flow: its newest revision in the editor, older ones to read, to compare and to restore."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from celeriac.store.flow_store import StoredFlow
from celeriac.web.api import celeriac
from celeriac.web.dashboard.flow_frame import ShownFlow

CONTEXT_LINES = 4


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a comparison. kind: same, add, del or skip. old, new: its numbers, None = not in that revision."""

    kind: str
    old: int | None
    new: int | None
    text: str


def shown(flow: ShownFlow) -> Mapping[str, Any]:
    """What the tab shows: `revision` of the query (the newest), compared to its `diff`."""
    revisions = celeriac().flow_lists.revisions(flow.namespace, flow.id)
    by_number = {one.revision: one for one in revisions}
    newest = revisions[-1]
    chosen = by_number.get(request.args.get("revision", type=int) or newest.revision, newest)
    other = by_number.get(request.args.get("diff", 0, type=int))
    return {
        "revisions": revisions[::-1],
        "chosen": chosen,
        "is_newest": chosen.revision == newest.revision,
        "other": other,
        "diff": list(compared(other, chosen)) if other else None,
        "source": chosen.source,
        "problems": celeriac().flows.problems(flow.namespace, flow.id, newest.revision) if chosen is newest else (),
        "conflict": None,
    }


def compared(old: StoredFlow, new: StoredFlow) -> Iterator[DiffLine]:
    """The lines that differ, each with some that do not around it."""
    before, after = old.source.splitlines(), new.source.splitlines()
    last = (0, 0)
    for group in difflib.SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(CONTEXT_LINES):
        if (group[0][1], group[0][3]) != last:
            yield DiffLine("skip", None, None, "")
        for opcode in group:
            yield from _lines(opcode, before, after)
        last = (group[-1][2], group[-1][4])
    if last != (len(before), len(after)) and last != (0, 0):
        yield DiffLine("skip", None, None, "")


def _lines(opcode: tuple[str, int, int, int, int], before: Sequence[str], after: Sequence[str]) -> Iterator[DiffLine]:
    tag, i1, i2, j1, j2 = opcode
    if tag == "equal":
        yield from (DiffLine("same", i + 1, j1 + i - i1 + 1, before[i]) for i in range(i1, i2))
        return
    yield from (DiffLine("del", i + 1, None, before[i]) for i in range(i1, i2))
    yield from (DiffLine("add", None, j + 1, after[j]) for j in range(j1, j2))
