"""The log of a container, both streams in the order in which their lines came. The SDK gives either one of the two."""

from collections.abc import Iterable, Iterator

import docker
from docker.errors import create_api_error_from_http_exception
from requests.exceptions import HTTPError

Chunk = tuple[bytes | None, bytes | None]
"""What came on stdout and on stderr."""
_HEADER_BYTES = 8
_CHUNK_BYTES = 1 << 16


def log_of(client: docker.APIClient, container: str, *, follow: bool) -> Iterator[Chunk]:
    """All of the log from its first line; with `follow` until the container ends. Raises: docker.errors.APIError."""
    response = client.get(
        f"{client.base_url}/v{client.api_version}/containers/{container}/logs",
        params={"stdout": 1, "stderr": 1, "follow": int(follow)},
        stream=True,
        timeout=(client.timeout, None),
    )
    try:
        response.raise_for_status()
    except HTTPError as error:
        raise create_api_error_from_http_exception(error) from error
    with response:
        yield from _frames(response.iter_content(_CHUNK_BYTES))


def _frames(parts: Iterable[bytes]) -> Iterator[Chunk]:
    """Frames are a header, whose first byte names the stream and whose last four the size, and that many bytes."""
    held = b""
    for part in parts:
        held += part
        while len(held) >= _HEADER_BYTES:
            end = _HEADER_BYTES + int.from_bytes(held[4:_HEADER_BYTES], "big")
            if len(held) < end:
                break
            data = held[_HEADER_BYTES:end]
            yield (None, data) if held[0] == 2 else (data, None)
            held = held[end:]
