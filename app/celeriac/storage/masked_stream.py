"""Bytes without secrets, as they pass by: a secret may stand across two chunks."""

import re
from collections.abc import Iterable, Iterator

from celeriac.storage.masking import MASK, Masker


def masked(chunks: Iterable[bytes], masker: Masker) -> Iterator[bytes]:
    """The bytes with six stars in the place of every secret that `masker` knows, in UTF-8."""
    forms = sorted((form.encode() for form in masker.forms), key=len, reverse=True)
    if not forms:
        yield from chunks
        return
    pattern = re.compile(b"|".join(map(re.escape, forms)))
    rest = b""
    for chunk in chunks:
        rest += chunk
        done, rest = _replaced(pattern, rest, len(rest) - len(forms[0]) + 1)
        if done:
            yield done
    yield _replaced(pattern, rest, len(rest))[0]


def _replaced(pattern: re.Pattern[bytes], data: bytes, limit: int) -> tuple[bytes, bytes]:
    """(the part before `limit` with stars, what is behind). A secret that begins before the limit is whole."""
    parts, at = [], 0
    for match in pattern.finditer(data):
        if match.start() >= limit:
            break
        parts += [data[at : match.start()], MASK.encode()]
        at = match.end()
    if at < limit:
        parts.append(data[at:limit])
        at = limit
    return b"".join(parts), data[at:]
