"""The `http()` function of expressions: one call while rendering. A module of its own: its client is slow to import."""

from collections.abc import Mapping
from typing import Any

import httpx2
import yaml

from celeriac.core.errors import ExpressionError


def http_call(request: Mapping[str, Any]) -> Any:
    """The answer, JSON and YAML parsed. Raises: ExpressionError."""
    uri = str(request["uri"])
    headers = dict(request.get("headers") or {})
    if request.get("contentType"):
        headers.setdefault("Content-Type", str(request["contentType"]))
    if request.get("accept"):
        headers.setdefault("Accept", str(request["accept"]))
    body = request.get("body")
    try:
        answer = httpx2.request(
            str(request.get("method") or "GET"),
            uri,
            params=request.get("query") or None,
            headers=headers,
            content=body if isinstance(body, str | bytes) else None,
            json=body if isinstance(body, dict | list) else None,
            timeout=10,
            follow_redirects=True,
        )
        answer.raise_for_status()
    except httpx2.HTTPError as error:
        raise ExpressionError(f"http(): {uri}: {error}") from error
    kind = answer.headers.get("content-type", "")
    if "yaml" in kind:
        return yaml.safe_load(answer.text)
    return answer.json() if "json" in kind else answer.text
