"""From the query of a search for flows to a filter."""

from dataclasses import replace

from celeriac.core.flow_filter import SORTS, FlowFilter
from celeriac.web.models.flows import SearchFlows
from celeriac.web.params import Filter, filters, labels, sorting, wrong


def asked(query: SearchFlows) -> FlowFilter:
    """Which flows a request asks for. Raises: RequestInvalid."""
    plain = FlowFilter(
        q=query.q,
        namespace=query.namespace,
        labels=tuple(labels(query.labels).items()),
        sort=sorting(query.sort, SORTS),
        page=query.page,
        size=query.size,
    )
    for one in filters():
        plain = _with(plain, one)
    return plain


def _with(asked: FlowFilter, one: Filter) -> FlowFilter:
    match one.field, one.operation:
        case "q", "EQUALS" | "CONTAINS":
            return replace(asked, q=one.value[:256])
        case "namespace", "EQUALS":
            return replace(asked, namespace=one.value, is_exact=True)
        case "namespace", "STARTS_WITH" | "PREFIX":
            return replace(asked, namespace=one.value.rstrip("."), is_exact=False)
        case "flowId", "CONTAINS":
            return replace(asked, q=f"{asked.q} {one.value}"[:256])
        case "labels", "EQUALS" if one.key:
            return replace(asked, labels=(*asked.labels, (one.key, one.value)))
        case "scope", _:
            return asked
    raise wrong(f"filters[{one.field}][{one.operation}]", "flows cannot be filtered so; q, namespace and labels can")
