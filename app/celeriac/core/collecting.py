"""Executions that must all have happened within a period before a trigger fires. Pure: state in, state out.

The state of a collection is JSON: {start, end: microseconds of its period; results: {part: when it was met};
outputs: {part: [namespace, flow id, outputs, names of secrets in them]}; fired: when it last fired}.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celeriac.core.condition_type import Situation, Upstream
from celeriac.core.dates import micros

State = dict[str, Any]
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Period:
    """When the parts must be met. span(moment): from when until when (excluded); None = not at this moment.

    lookback: instead of spans, how long before the last part the first one may have been met.
    """

    span: Callable[[datetime], Span | None]
    lookback: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """Parts that executions meet. needed: how many of them. resets: begins anew when it has fired.

    fires_once: at most once in a period.
    """

    id: str
    parts: Mapping[str, Callable[[Situation], bool]]
    period: Period
    needed: int
    resets: bool = True
    fires_once: bool = False

    def met(self, situation: Situation) -> list[str]:
        """The parts that an execution meets. Raises: ExpressionError."""
        return [name for name, holds in self.parts.items() if holds(situation)]

    def collect(self, state: State | None, met: Iterable[str], upstream: Upstream, at: datetime) -> tuple[State, bool]:
        """(the new state, whether enough parts are met now)."""
        found = self._current(state, at)
        if found is None:
            return state or {}, False
        for name in met:
            found["results"][name] = micros(at)
            found["outputs"][name] = [
                upstream.namespace,
                upstream.flow_id,
                dict(upstream.outputs),
                list(upstream.secrets),
            ]
        has_fired = self.fires_once and found.get("fired") is not None
        return found, len(found["results"]) >= self.needed and not has_fired

    def fired(self, state: State, at: datetime) -> State:
        """The state after it has fired."""
        kept = {} if self.resets or self.fires_once else {name: state[name] for name in ("results", "outputs")}
        return {**state, "results": {}, "outputs": {}, **kept, "fired": micros(at)}

    def is_missed(self, state: State | None, end: datetime) -> bool:
        """True when the period that ends then has seen too few parts."""
        if state is None or state.get("end") != micros(end):
            return True
        return len(state["results"]) < self.needed and state.get("fired") is None

    def _current(self, state: State | None, at: datetime) -> State | None:
        if self.period.lookback is not None:
            since = micros(at - self.period.lookback)
            old = state or {"results": {}, "outputs": {}}
            results = {name: us for name, us in old["results"].items() if us >= since}
            fired = old.get("fired")
            return {
                "results": results,
                "outputs": {name: value for name, value in old["outputs"].items() if name in results},
                "fired": fired if fired is not None and fired >= since else None,
            }
        if state and state["start"] <= micros(at) < state["end"]:
            return {**state, "results": dict(state["results"]), "outputs": dict(state["outputs"])}
        span = self.period.span(at)
        if span is None or not span[0] <= at < span[1]:
            return None
        return {"start": micros(span[0]), "end": micros(span[1]), "results": {}, "outputs": {}, "fired": None}


def merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Both mappings at every depth, the second one wins."""
    found = dict(first)
    for key, value in second.items():
        mine = found.get(key)
        found[key] = merged(mine, value) if isinstance(mine, Mapping) and isinstance(value, Mapping) else value
    return found
