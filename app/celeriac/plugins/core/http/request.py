"""`core.http.Request`: one HTTP call whose answer becomes outputs."""

import codecs
from collections.abc import Mapping
from typing import Any, ClassVar

import httpx2

from celeriac.core.errors import TaskFailed
from celeriac.core.task_type import TaskContext
from celeriac.plugins.core.http.exchange import HttpTask, response_headers
from celeriac.plugins.core.http.options import LogPart

_MOST_BYTES = 19 * 1024 * 1024


class Request(HttpTask):
    """Calls an HTTP API; outputs `code`, `headers` ({name in lower case: values}), `body` (text) and the `uri`.

    A status of 400 or more fails the task, unless it is allowed by the options.

    Example:
        id: call_api
        namespace: company.team
        tasks:
          - id: create
            type: io.kestra.plugin.core.http.Request
            uri: https://api.example.com/products
            method: POST
            headers:
              Authorization: "Bearer {{ secret('API_TOKEN') }}"
            body: '{"name": "chair", "price": 49}'
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.http.Request"
    aliases: ClassVar[tuple[str, ...]] = ("io.kestra.plugin.fs.http.Request",)

    def run(self, context: TaskContext) -> Mapping[str, Any]:
        with self.exchange(context) as response:
            body = self._body(response)
            if LogPart.RESPONSE_BODY in self.options.logs:
                context.logger.debug(f"Response body: {body[:10_000]}")
            outputs = {"uri": str(response.url), "code": response.status_code, "headers": response_headers(response)}
            bodiless = response.status_code in (204, 304) or response.request.method == "HEAD"
        return outputs if bodiless else {**outputs, "body": body}

    def _body(self, response: httpx2.Response) -> str:
        most = self.options.max_content_length or _MOST_BYTES
        parts = []
        size = 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > most:
                raise TaskFailed(
                    f"The answer of {response.url.host} is larger than {most:,} bytes, too much for an output: "
                    "use io.kestra.plugin.core.http.Download, which stores it as a file"
                )
        return b"".join(parts).decode(self._charset(response), errors="replace")

    def _charset(self, response: httpx2.Response) -> str:
        for name in (response.charset_encoding, self.options.default_charset):
            try:
                return codecs.lookup(name or "").name
            except LookupError:
                continue
        return "utf-8"
