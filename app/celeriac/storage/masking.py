"""Hides secrets in text that people read: logs, errors, what the API and the dashboard show.

Secrets under 4 characters are not masked: they would hit half of every text.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "******"
SHORTEST = 4
_SHORTEST_LINE = 8


class Masker:
    """Replaces secrets, and the usual encodings of them, by six stars.

    Found are a whole secret, each line of at least 8 characters of one with several lines, and of both the
    URL-encoded, JSON-escaped and base64 forms, also inside longer base64 such as the header of a Basic login.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: frozenset[str] = frozenset()
        self._pattern: re.Pattern[str] | None = None
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Masks these as well from now on."""
        known = self._secrets | {secret for secret in secrets if len(secret) >= SHORTEST}
        if known != self._secrets:
            self._secrets = known
            self._pattern = None

    @property
    def forms(self) -> frozenset[str]:
        """Every text that is masked."""
        return frozenset(form for secret in self._secrets for form in _forms(secret))

    def mask(self, text: str) -> str:
        """The text without secrets."""
        if not self._secrets:
            return text
        if self._pattern is None:
            forms = sorted(self.forms, key=len, reverse=True)
            self._pattern = re.compile("|".join(re.escape(form) for form in forms))
        return self._pattern.sub(MASK, text)

    def mask_data(self, value: Any) -> Any:
        """The same for all texts in lists and mappings, keys included."""
        if not self._secrets:
            return value
        if isinstance(value, str):
            return self.mask(value)
        if isinstance(value, dict):
            return {self.mask_data(key): self.mask_data(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.mask_data(item) for item in value]
        return value


def _forms(secret: str) -> Iterator[str]:
    for part in _parts(secret):
        yield part
        yield quote(part, safe="")
        yield quote_plus(part, safe="*")
        yield json.dumps(part)[1:-1]
        yield json.dumps(part, ensure_ascii=False)[1:-1]
        yield from _base64_forms(part.encode())


def _parts(secret: str) -> set[str]:
    lines = secret.splitlines()
    shortest = _SHORTEST_LINE if len(lines) > 1 else SHORTEST
    return {secret, *(line.strip() for line in lines if len(line.strip()) >= shortest)}


def _base64_forms(data: bytes) -> Iterator[str]:
    """The form of the data alone, and its part that is the same wherever the data stands in something longer."""
    for encode in (base64.standard_b64encode, base64.urlsafe_b64encode):
        yield encode(data).decode()
        for before in range(3):
            text = encode(b"\0" * before + data).decode()
            inner = text[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]
            if len(inner) >= _SHORTEST_LINE:
                yield inner
