"""From the query of a request to a filter of executions: one reader for lists and for operations on many."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

from celeriac.core.dates import parse_iso_duration
from celeriac.core.execution_filter import SORTS, ChildFilter, ExecutionFilter, Scope
from celeriac.core.state import State
from celeriac.web.models.executions import FilterExecutions, SearchExecutions
from celeriac.web.params import Filter, filters, labels, sorting, wrong

_ALIASES = {"start_date": "state.startDate", "end_date": "state.endDate", "duration": "state.duration"}
_FROM, _TO = ("GREATER_THAN_OR_EQUAL_TO", "GREATER_THAN"), ("LESS_THAN_OR_EQUAL_TO", "LESS_THAN")


def asked(query: FilterExecutions, *, but: Collection[str] = ()) -> ExecutionFilter:
    """Which executions a request asks for. but: fields of filters that mean something else. Raises: RequestInvalid."""
    found = ExecutionFilter(
        q=query.q,
        namespace=query.namespace,
        flow_id=query.flow_id,
        states=tuple(dict.fromkeys(query.state)),
        labels=tuple(labels(query.labels).items()),
        start=_since(query.time_range) if query.time_range else _aware(query.start_date),
        end=_aware(query.end_date),
        child_filter=query.child_filter,
        scope=query.scope[0] if len(set(query.scope)) == 1 else None,
        trigger_execution_id=query.trigger_execution_id,
    )
    for one in filters():
        found = found if one.field in but else _with(found, one)
    return _paged(found, query) if isinstance(query, SearchExecutions) else found


def _paged(found: ExecutionFilter, query: SearchExecutions) -> ExecutionFilter:
    sort = sorting([_ALIASES.get(text, text) for text in query.sort], SORTS)
    return replace(found, sort=sort, page=query.page, size=query.size, cursor=query.cursor)


def _with(found: ExecutionFilter, one: Filter) -> ExecutionFilter:
    match one.field, one.operation:
        case (("q" | "query"), ("EQUALS" | "CONTAINS")):
            return replace(found, q=one.value[:256])
        case "namespace", "EQUALS":
            return replace(found, namespace=one.value, is_exact=True)
        case "namespace", ("STARTS_WITH" | "PREFIX"):
            return replace(found, namespace=one.value.rstrip("."), is_exact=False)
        case "flowId", "EQUALS":
            return replace(found, flow_id=one.value)
        case "flowId", ("CONTAINS" | "STARTS_WITH"):
            return replace(found, q=one.value[:256])
        case "state", ("EQUALS" | "IN"):
            return replace(found, states=tuple(_states(one)))
        case "state", ("NOT_EQUALS" | "NOT_IN"):
            return replace(found, states=tuple(set(State) - set(_states(one))))
        case "labels", "EQUALS" if one.key:
            return replace(found, labels=(*found.labels, (one.key, one.value)))
        case _:
            return _of_time_and_origin(found, one)


def _of_time_and_origin(found: ExecutionFilter, one: Filter) -> ExecutionFilter:
    match one.field, one.operation:
        case "startDate", operation if operation in _FROM:
            return replace(found, start=_moment(one))
        case (("endDate" | "startDate"), operation) if operation in _TO:
            return replace(found, end=_moment(one))
        case "timeRange", "EQUALS":
            return replace(found, start=_since(one.value))
        case "triggerExecutionId", "EQUALS":
            return replace(found, trigger_execution_id=one.value)
        case "childFilter", "EQUALS" if one.value in ChildFilter.__members__:
            return replace(found, child_filter=ChildFilter(one.value))
        case "scope", ("EQUALS" | "IN"):
            return replace(found, scope=Scope(one.value) if one.value in Scope.__members__ else None)
        case "kind", _:
            return found
    raise wrong(f"filters[{one.field}][{one.operation}]", "executions cannot be filtered so")


def _states(one: Filter) -> list[State]:
    names = one.value.split(",")
    if unknown := [name for name in names if name not in State.__members__]:
        raise wrong(f"filters[state][{one.operation}]", f"`{unknown[0]}`: there is no such state")
    return [State(name) for name in names]


def _since(text: str) -> datetime:
    try:
        return datetime.now(UTC) - parse_iso_duration(text)
    except (ValueError, OverflowError) as error:
        raise wrong("timeRange", f"`{text}`: write a duration such as PT24H") from error


def _moment(one: Filter) -> datetime | None:
    try:
        return _aware(datetime.fromisoformat(one.value))
    except ValueError as error:
        raise wrong(f"filters[{one.field}][{one.operation}]", f"`{one.value}` is no date") from error


def _aware(when: datetime | None) -> datetime | None:
    return when.replace(tzinfo=UTC) if when is not None and when.tzinfo is None else when
