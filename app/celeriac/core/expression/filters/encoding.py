"""Filters that encode and hash texts."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.filters.text import of_text
from celeriac.core.expression.scope import Scope


def hashed(algorithm: str) -> Callable[[Scope, Any], Any]:
    """A filter that gives a hash of a text in hexadecimal."""

    def filtered(_: Scope, value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, str):
            raise ExpressionError("Need a text to hash")
        return hashlib.new(algorithm, value.encode(), usedforsecurity=False).hexdigest()

    return filtered


def base64_decode(text: str) -> str:
    """Base64 of UTF-8 → text."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise ExpressionError("Expected Base64 of a text in UTF-8") from None


ENCODING_FILTERS: Mapping[str, Callable[..., Any]] = {
    "base64decode": of_text(base64_decode),
    "base64encode": of_text(lambda text: base64.b64encode(text.encode()).decode()),
    "md5": hashed("md5"),
    "sha1": hashed("sha1"),
    "sha256": hashed("sha256"),
    "sha512": hashed("sha512"),
    "urldecode": of_text(unquote_plus),
    "urlencode": of_text(lambda text: quote_plus(text, safe="*").replace("~", "%7E")),
}
