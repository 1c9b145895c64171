"""YAML that a person sends as the value of an input. Source: Kestra's reader (YAML 1.1, no aliases, no merges)."""

import math
import re
from collections.abc import Callable
from typing import Any

import yaml

_TRUE = frozenset(f(word) for word in ("true", "yes", "on") for f in (str.lower, str.upper, str.title))
_FALSE = frozenset(f(word) for word in ("false", "no", "off") for f in (str.lower, str.upper, str.title))
_NULL = frozenset({"~", "null", "Null", "NULL"})
_NUMBERS: tuple[tuple[re.Pattern[str], Callable[[str], int | float]], ...] = (
    (re.compile(r"[-+]?0b[01_]+"), lambda text: int(text.replace("0b", ""), 2)),
    (re.compile(r"[-+]?0x[0-9a-fA-F_]+"), lambda text: int(text, 16)),
    (re.compile(r"[-+]?0[0-7]+"), lambda text: int(text, 8)),
    (re.compile(r"[-+]?(0|[1-9][0-9]{0,1000})"), int),
    (re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+"), float),
)
_STR = "tag:yaml.org,2002:str"
_PLAIN_TAGS = frozenset({None, "!", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool"})


class _Loader(yaml.SafeLoader):
    """Composes nodes only; an alias is its name as text, so that no text can grow."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.get_event()  # type: ignore[no-untyped-call] # the stubs leave it out
            return yaml.ScalarNode(_STR, event.anchor, event.start_mark, event.end_mark)
        return super().compose_node(parent, index)

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        return "" if kind is yaml.ScalarNode and implicit[0] else _STR


def parse_yaml(text: str) -> Any:
    """The first document as JSON values; keys are texts. Raises: ValueError."""
    try:
        loader = _Loader(text)
        try:
            node = loader.get_node() if loader.check_node() else None
        finally:
            loader.dispose()
        if node is None:
            raise ValueError("No content to map due to end-of-input")
        return _value(node)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    except RecursionError as error:
        raise ValueError("the YAML is nested too deeply") from error


def _value(node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node)
    plain = node.tag == "" or node.tag in _PLAIN_TAGS
    return _scalar(str(node.value)) if plain else node.value


def _mapping(node: yaml.MappingNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise ValueError(f"line {key.start_mark.line + 1}: a key must be a text")
        if key.value in found:
            raise ValueError(f"line {key.start_mark.line + 1}: Duplicate field '{key.value}'")
        found[key.value] = _value(item)
    return found


def _finite(number: int | float, text: str) -> int | float:
    if number in (math.inf, -math.inf):
        raise ValueError(f"the number {text[:40]} is too large")
    return number


def _scalar(text: str) -> Any:
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    digits = text.replace("_", "") if text[-1:].isdigit() or text.endswith("_") else text
    for pattern, number in _NUMBERS:
        if pattern.fullmatch(digits):
            return _finite(number(digits), text)
    if text.lstrip("-+").lower() in (".inf", ".nan"):
        raise ValueError(f"Malformed numeric value '{text}'")
    return text
