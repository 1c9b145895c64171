"""Bodies of requests that fit into memory."""

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge


def read_body(largest_bytes: int) -> bytes:
    """The body of the present request. Raises: RequestEntityTooLarge, whether its length was announced or not.

    werkzeug cuts a body without a length at the limit and says nothing: so one byte more is asked for.
    """
    if (request.content_length or 0) <= largest_bytes:
        request.max_content_length = largest_bytes + 1
        data = request.get_data()
        if len(data) <= largest_bytes:
            return data
    raise RequestEntityTooLarge(f"The body is larger than {largest_bytes:,} bytes")
