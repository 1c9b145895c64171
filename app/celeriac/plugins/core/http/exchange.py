"""One HTTP request of a task: what all HTTP tasks share. Knows no outputs."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import httpx2

from celeriac.core.dynamic import Dynamic, as_text
from celeriac.core.task_type import TaskContext, TaskType
from celeriac.plugins.core.http.failures import address, explained, refusal
from celeriac.plugins.core.http.multipart import multipart_fields
from celeriac.plugins.core.http.options import HttpOptions, LogPart, SslOptions
from celeriac.plugins.core.http.sockets import Sockets
from celeriac.plugins.stopping import stopped_by

_HIDDEN_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_LOGGED_BYTES = 10_000


class HttpTask(TaskType):
    """Properties of every HTTP task. `allowFailed` and `sslOptions` are old names of what stands in `options`."""

    uri: Dynamic[str]
    method: Dynamic[str] = "GET"
    params: Dynamic[dict[str, Any]] = {}
    body: Dynamic[str] | None = None
    form_data: Dynamic[dict[str, Any]] | None = None
    content_type: Dynamic[str] = "application/json"
    headers: Dynamic[dict[str, Any]] = {}
    options: HttpOptions = HttpOptions()
    allow_failed: Dynamic[bool] | None = None
    ssl_options: SslOptions | None = None

    @contextmanager
    def exchange(self, context: TaskContext) -> Iterator[httpx2.Response]:
        """Sends the request; the response's body is still to be read, as a stream.

        Raises: TaskFailed, Killed.
        """
        with Sockets() as sockets, stopped_by(context, sockets.shut), ExitStack() as stack:
            try:
                client = stack.enter_context(self._client())
                request = self._request(client, context, stack)
                request.extensions["trace"] = sockets.trace
                self._log_request(context, request)
                response = stack.enter_context(closing(client.send(request, stream=True, auth=self.options.signer())))
                self._log_response(context, response)
                self._check(response)
                yield response
            except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
                raise explained(error, self._what(), self.uri) from error

    def shown_uri(self) -> str:
        """The address as messages show it."""
        return address(self.uri)

    def _what(self) -> str:
        return f"{self.method.upper()} {self.shown_uri()}"

    def _client(self) -> httpx2.Client:
        trusting = self.options.ssl.insecure_trust_all_certificates or (
            self.ssl_options is not None and self.ssl_options.insecure_trust_all_certificates
        )
        return httpx2.Client(
            verify=not trusting,
            headers={"User-Agent": "Celeriac"},
            proxy=self.options.transport_proxy(),
            timeout=self.options.client_timeout(),
            follow_redirects=self.options.follow_redirects,
        )

    def _request(self, client: httpx2.Client, context: TaskContext, stack: ExitStack) -> httpx2.Request:
        headers = httpx2.Headers([(name, as_text(item)) for name, item in _pairs(self.headers)])
        content: dict[str, Any] = {}
        if self.form_data is not None and self.content_type.lower().startswith("multipart/form-data"):
            content["files"] = multipart_fields(self.form_data, context.files, stack)
        elif self.form_data is not None:
            content["data"] = {name: _texts(value) for name, value in self.form_data.items()}
        else:
            content["content"] = None if self.body is None else self.body.encode()
            headers.setdefault("Content-Type", self.content_type)
        return client.build_request(self.method.upper(), self._url(), headers=headers, **content)

    def _url(self) -> httpx2.URL:
        url = httpx2.URL(self.uri.strip())
        if not self.params:
            return url
        added = [(name, as_text(item)) for name, item in _pairs(self.params)]
        return url.copy_with(params=[*url.params.multi_items(), *added])

    def _check(self, response: httpx2.Response) -> None:
        allowed = self.options.allow_failed or self.allow_failed
        if response.status_code < 400 or allowed or response.status_code in self.options.allowed_response_codes:
            return
        raise refusal(response, self._what())

    def _log_request(self, context: TaskContext, request: httpx2.Request) -> None:
        if LogPart.REQUEST_HEADERS in self.options.logs:
            context.logger.debug(f"Request headers: {_shown(request.headers)}")
        if LogPart.REQUEST_BODY in self.options.logs:
            context.logger.debug(f"Request body: {(self.body or as_text(self.form_data))[:_LOGGED_BYTES]}")

    def _log_response(self, context: TaskContext, response: httpx2.Response) -> None:
        if LogPart.RESPONSE_HEADERS in self.options.logs:
            context.logger.debug(f"Response headers: {_shown(response.headers)}")


def response_headers(response: httpx2.Response) -> dict[str, list[str]]:
    """{name in lower case: values}."""
    return {name: response.headers.get_list(name) for name in sorted({name.lower() for name in response.headers})}


def _pairs(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        for item in value if isinstance(value, list) else [value]:
            yield name, item


def _texts(value: Any) -> str | list[str]:
    return [as_text(item) for item in value] if isinstance(value, list) else as_text(value)


def _shown(headers: httpx2.Headers) -> dict[str, str]:
    return {name: "******" if name.lower() in _HIDDEN_HEADERS else value for name, value in headers.items()}
