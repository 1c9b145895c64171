"""Functions that parse texts, encrypt them, or pick from what is there."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.ion import read_ion
from celeriac.core.expression.operators import greater, interval, is_list, less
from celeriac.core.expression.printing import java_text
from celeriac.core.expression.scope import Scope
from celeriac.core.expression.yaml_text import read_yaml

_NONCE_BYTES = 12


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"unexpected {name}")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)
"""Reads the first value of a text; the engines pass over what follows it."""


def from_json(scope: Scope, json_: Any) -> Any:
    """The value of a JSON text; null of null."""
    if json_ is None:
        return None
    if not isinstance(json_, str):
        raise ExpressionError("The function `fromJson` expects an argument `json` that is a text")
    scope.budget.spend(len(json_) // 50)
    try:
        return _DECODER.raw_decode(json_.lstrip())[0]
    except (ValueError, RecursionError) as error:
        raise ExpressionError(f"Invalid json: {error}") from None


def from_ion(scope: Scope, ion: Any, all_rows: Any = False) -> Any:
    """The first value of an Ion text, or all of them."""
    if ion is None:
        return None
    if not isinstance(ion, str):
        raise ExpressionError("The function `fromIon` expects an argument `ion` that is a text")
    scope.budget.spend(len(ion) // 10)
    values = read_ion(ion)
    if all_rows:
        return values
    return values[0] if values else None


def from_yaml(scope: Scope, yaml: Any) -> Any:
    """The value of a YAML text."""
    if not isinstance(yaml, str):
        raise ExpressionError("The function `yaml` expects an argument `yaml` that is a text")
    scope.budget.spend(len(yaml))
    return read_yaml(yaml)


def smallest(scope: Scope, *values: Any) -> Any:
    """The smallest of its arguments; null without any."""
    found = values[0] if values else None
    for value in values[1:]:
        found = value if less(scope, _numeric(value), _numeric(found)) else found
    return found


def largest(scope: Scope, *values: Any) -> Any:
    """The largest of its arguments; null without any."""
    found = values[0] if values else None
    for value in values[1:]:
        found = value if greater(scope, _numeric(value), _numeric(found)) else found
    return found


def between(scope: Scope, start: Any = None, end: Any = None, increment: Any = 1) -> list[Any]:
    """Numbers or letters from one to another, both included."""
    return interval(scope, start, end, increment)


def loop_outputs(_: Scope, outputs: Any, name: str) -> list[Any]:
    """One output of every iteration of a Loop task."""
    if not is_list(outputs):
        raise ExpressionError("The function `loopOutputs` expects the list `outputs.<loop>.outputs`")
    iterations = [item.get("outputs") if isinstance(item, Mapping) else None for item in outputs]
    return [found.get(name) for found in iterations if isinstance(found, Mapping)]


def current_each_output(scope: Scope, outputs: Any) -> Any:
    """The output of the current iteration of the loops around the task: outputs by value, from the outermost in."""
    parents = scope.context.get("parents") or []
    values = [parent["taskrun"]["value"] for parent in reversed(parents) if "value" in parent.get("taskrun", {})]
    taskrun = scope.get("taskrun")
    if "value" in taskrun:
        values.append(taskrun["value"])
    for value in values:
        key = java_text(value)
        if isinstance(outputs, Mapping) and key in outputs:
            outputs = outputs[key]
    return outputs


def encrypt(scope: Scope, key: str, plaintext: str) -> str:
    """AES-GCM: Base64 of nonce and cipher text."""
    nonce = bytes(int(scope.world.random() * 256) for _ in range(_NONCE_BYTES))
    return base64.b64encode(nonce + _cipher(key).encrypt(nonce, plaintext.encode(), None)).decode()


def decrypt(_: Scope, key: str, encrypted: str) -> str:
    """The text that `encrypt` was given."""
    try:
        content = base64.b64decode(encrypted, validate=True)
        return _cipher(key).decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], None).decode()
    except (InvalidTag, ValueError):
        raise ExpressionError("The text cannot be decrypted with this key") from None


def _cipher(key: str) -> AESGCM:
    try:
        return AESGCM(base64.b64decode(key, validate=True))
    except ValueError as error:
        raise ExpressionError(f"The key is no Base64 of an AES key: {error}") from None


def _numeric(value: Any) -> Any:
    if isinstance(value, str):
        raise ExpressionError("`min` and `max` compare numbers only")
    return value


DATA_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "currentEachOutput": current_each_output,
    "decrypt": decrypt,
    "encrypt": encrypt,
    "fromIon": from_ion,
    "fromJson": from_json,
    "json": from_json,
    "loopOutputs": loop_outputs,
    "max": largest,
    "min": smallest,
    "range": between,
    "yaml": from_yaml,
}
