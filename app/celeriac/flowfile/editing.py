"""Changes one property in the text of a flow, and leaves every other character as it was."""

from collections.abc import Iterator
from typing import Any, cast

import yaml

from celeriac.core.errors import FlowInvalid, Problem


def set_property(text: str, name: str, value: str) -> str:
    """The text with a property of its first mapping set to a scalar. Raises: FlowInvalid when there is no mapping."""
    if text.startswith("\ufeff"):
        return "\ufeff" + set_property(text[1:], name, value)
    loader = yaml.CSafeLoader(text)
    try:
        events = iter(lambda: cast(yaml.Event, loader.get_event()), None)
        root = next(event for event in events if isinstance(event, yaml.NodeEvent | yaml.StreamEndEvent))
        if not isinstance(root, yaml.MappingStartEvent):
            raise FlowInvalid([Problem("a flow is a mapping with `id`, `namespace` and `tasks`", line=1, column=1)])
        place = _place(events, name)
    except yaml.YAMLError as error:
        raise FlowInvalid([Problem(f"YAML syntax: {error}", line=1, column=1)]) from error
    finally:
        loader.dispose()
    if place is not None:
        start, end = place
        return text[:start] + (value if start < end else f" {value}") + text[end:]
    return _inserted(text, root, f"{name}: {value}")


def _place(events: Iterator[yaml.Event], name: str) -> tuple[int, int] | None:
    """From where to where the value stands that a mapping has for a key; None without such a scalar."""
    key: str | None = None
    for event in _children(events):
        if key is None:
            key = event.value if isinstance(event, yaml.ScalarEvent) else ""
            continue
        if key == name and isinstance(event, yaml.ScalarEvent):
            return _mark(event.start_mark).index, _mark(event.end_mark).index
        key = None
    return None


def _children(events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    """The first events of the keys and values of an opened mapping."""
    depth = 0
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            if depth == 0:
                return
            depth -= 1
            continue
        if depth == 0:
            yield event
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1


def _inserted(text: str, root: yaml.MappingStartEvent, line: str) -> str:
    mark = _mark(root.start_mark)
    start = mark.index
    if root.flow_style:
        return f"{text[: start + 1]}{line}, {text[start + 1 :]}"
    return f"{text[:start]}{line}\n{' ' * mark.column}{text[start:]}"


def _mark(mark: Any) -> Any:
    """The types of PyYAML allow None, which no event of a text has."""
    return mark
