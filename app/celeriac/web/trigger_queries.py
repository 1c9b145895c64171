"""From the query of a search for triggers to a filter."""

from dataclasses import replace

from celeriac.core.trigger_filter import TriggerFilter
from celeriac.web.models.triggers import SearchTriggers, TriggersQuery
from celeriac.web.params import Filter, filters, sorting, wrong

_SORTS = {
    "namespace": "namespace",
    "flowId": "flow_id",
    "triggerId": "trigger_id",
    "nextExecutionDate": "next_us",
    "nextEvaluationDate": "next_us",
    "date": "last_us",
    "lastTriggeredDate": "last_us",
    "updatedDate": "updated_us",
    "updatedAt": "updated_us",
}
"""{name in 1.x or 2.0: name here}."""


def searched(query: SearchTriggers) -> TriggerFilter:
    """Which page of which triggers a request asks for. Raises: RequestInvalid."""
    sort = tuple((_SORTS[name], is_descending) for name, is_descending in sorting(query.sort, tuple(_SORTS)))
    return replace(asked(query), sort=sort, page=query.page, size=query.size)


def asked(query: TriggersQuery | SearchTriggers) -> TriggerFilter:
    """Which triggers a request asks for. Raises: RequestInvalid."""
    plain = TriggerFilter(query.q, query.namespace, flow_id=query.flow_id)
    for one in filters():
        plain = _with(plain, one)
    return plain


def _with(asked: TriggerFilter, one: Filter) -> TriggerFilter:
    match one.field, one.operation:
        case "q", "EQUALS" | "CONTAINS":
            return replace(asked, q=one.value[:256])
        case "namespace", "EQUALS":
            return replace(asked, namespace=one.value, is_exact=True)
        case "namespace", "STARTS_WITH" | "PREFIX":
            return replace(asked, namespace=one.value.rstrip("."), is_exact=False)
        case "flowId", "EQUALS":
            return replace(asked, flow_id=one.value)
        case "triggerId", "EQUALS":
            return replace(asked, trigger_id=one.value)
        case "scope", _:
            return asked
    names = "q, namespace, flowId and triggerId can"
    raise wrong(f"filters[{one.field}][{one.operation}]", f"triggers cannot be filtered so; {names}")
