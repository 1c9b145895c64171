"""Functions that make up identifiers and numbers; chance comes from the world."""

import string
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.scope import Scope

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_NANO = "_-" + string.digits + string.ascii_lowercase + string.ascii_uppercase
_MAX_LENGTH = 10_000
_KSUID_EPOCH = 1_400_000_000


def new_uuid(scope: Scope) -> str:
    """A version 7 UUID: begins with the time."""
    milliseconds = int(scope.world.now().timestamp() * 1000)
    bits = milliseconds << 80 | 0x7 << 76 | _bits(scope, 12) << 64 | 0b10 << 62 | _bits(scope, 62)
    return str(uuid.UUID(int=bits))


def new_id(scope: Scope) -> str:
    """22 letters and digits."""
    return _based(_bits(scope, 128), 22)


def ksuid(scope: Scope) -> str:
    """27 letters and digits that sort by time."""
    seconds = int(scope.world.now().timestamp()) - _KSUID_EPOCH
    return _based(seconds << 128 | _bits(scope, 128), 27)


def nano_id(scope: Scope, length: int = 21, alphabet: str = _NANO) -> str:
    """Letters of an alphabet."""
    if not 0 < length <= _MAX_LENGTH or not alphabet:
        raise ExpressionError(f"`nanoId` expects a length from 1 to {_MAX_LENGTH} and an alphabet")
    return "".join(alphabet[int(scope.world.random() * len(alphabet))] for _ in range(length))


def random_int(scope: Scope, lower: Any, upper: Any) -> int:
    """A whole number from lower up to, not including, upper."""
    low, high = int(lower), int(upper)
    if low > high:
        raise ExpressionError("`randomInt` expects lower <= upper")
    return low + int(scope.world.random() * (high - low))


def random_port(scope: Scope) -> int:
    """A port number that no service has reserved."""
    return random_int(scope, 1024, 65536)


def _bits(scope: Scope, count: int) -> int:
    value = 0
    for _ in range(0, count, 32):
        value = value << 32 | int(scope.world.random() * (1 << 32))
    return value & ((1 << count) - 1)


def _based(value: int, length: int) -> str:
    digits = []
    for _ in range(length):
        value, digit = divmod(value, 62)
        digits.append(_BASE62[digit])
    return "".join(reversed(digits))


GENERATOR_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "id": new_id,
    "ksuid": ksuid,
    "nanoId": nano_id,
    "randomInt": random_int,
    "randomPort": random_port,
    "uuid": new_uuid,
}
