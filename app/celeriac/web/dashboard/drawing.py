"""Small pictures as numbers: the strip of last executions, the columns of executions per hour. Templates draw them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from celeriac.services.listing import Bar as Interval
from celeriac.services.listing import RunSummary
from celeriac.web.dashboard.moments import lasting

STRIP = 14
STRIP_HEIGHT = 22
_STEP = 10
_LEAST = 4
_MARKS = {
    "FAILED": "cross",
    "LOST": "cross",
    "KILLED": "square",
    "KILLING": "square",
    "WARNING": "triangle",
    "RUNNING": "dot",
    "RESTARTED": "dot",
    "PAUSED": "dot",
}
STACK = ("SUCCESS", "WARNING", "FAILED", "KILLED", "CANCELLED", "PAUSED", "RUNNING", "CREATED")
"""States from the bottom of a column to its top; others count as RUNNING."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One execution of a strip, in units of its picture."""

    x: int
    height: int
    state: str
    mark: str
    href: str
    title: str


def strip_bars(namespace: str, flow_id: str, runs: Sequence[RunSummary]) -> list[Bar]:
    """The bars of the last 14 of these executions, oldest at the left; the newest stands at the right edge."""
    shown = runs[-STRIP:]
    now_us = time.time_ns() // 1000
    lengths = [max(0, (run.ended_us or now_us) - run.created_us) for run in shown]
    longest = max(lengths, default=0) or 1
    bars = []
    for place, (run, taken) in enumerate(zip(shown, lengths, strict=True), start=STRIP - len(shown)):
        state = run.state.shown
        bars.append(
            Bar(
                x=place * _STEP + 1,
                height=_LEAST + round((STRIP_HEIGHT - _LEAST) * (taken / longest)),
                state=state,
                mark=_MARKS.get(state, ""),
                href=url_for("ui.execution.page", namespace=namespace, flow_id=flow_id, execution_id=run.id),
                title=f"{state} · {lasting(taken / 1e6)}",
            )
        )
    return bars


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a column: executions of one state in one hour."""

    state: str
    count: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """One hour. x counts hours from the left."""

    x: int
    hour: datetime
    total: int
    blocks: tuple[Block, ...]


def hour_columns(hours: Sequence[Interval], height: float) -> tuple[list[Column], int]:
    """(columns of this height at most, the largest total)."""
    top = max((sum(one.counts.values()) for one in hours), default=0)
    return [_column(x, one, height / (top or 1)) for x, one in enumerate(hours)], top


def _column(x: int, interval: Interval, scale: float) -> Column:
    stacked = dict.fromkeys(STACK, 0)
    for state, count in interval.counts.items():
        stacked[state.shown if state.shown in stacked else "RUNNING"] += count
    blocks, below = [], 0
    for name, count in stacked.items():
        if count:
            blocks.append(Block(name, count, round(below * scale, 2), round(count * scale, 2)))
            below += count
    return Column(x, interval.start, below, tuple(blocks))
