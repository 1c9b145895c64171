"""The `options` of tasks that notify."""

from typing import Any

from celeriac.core.dates import Duration
from celeriac.core.dynamic import Dynamic
from celeriac.core.flow import Model
from celeriac.plugins.core.http.options import HttpOptions


class RequestOptions(Model):
    """How the request is sent. `connectionPoolIdleTimeout` has no meaning: there is one connection."""

    connect_timeout: Dynamic[Duration] | None = None
    read_timeout: Dynamic[Duration] | None = None
    read_idle_timeout: Dynamic[Duration] | None = None
    connection_pool_idle_timeout: Dynamic[Duration] | None = None
    max_content_length: Dynamic[int] | None = None
    default_charset: Dynamic[str] = "UTF-8"
    headers: Dynamic[dict[str, Any]] = {}

    def http(self) -> HttpOptions:
        """The same for an HTTP task."""
        return HttpOptions(
            connect_timeout=self.connect_timeout,
            read_timeout=self.read_timeout,
            read_idle_timeout=self.read_idle_timeout,
            default_charset=self.default_charset,
        )
