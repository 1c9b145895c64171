"""Posting a message to a webhook."""

from celeriac.core.task_type import TaskContext
from celeriac.plugins.core.http.exchange import HttpTask
from celeriac.plugins.core.http.failures import beginning, host_of
from celeriac.plugins.notifications.options import RequestOptions


class _Webhook(HttpTask):
    """The path of a webhook is a secret: messages show its host only."""

    def shown_uri(self) -> str:
        return host_of(self.uri)


def post(context: TaskContext, task_id: str, url: str, payload: str, options: RequestOptions) -> str:
    """Sends the payload as it is, called JSON; the beginning of the answer.

    Raises: TaskFailed for an answer of 400 and more, or none; Killed.
    """
    request = _Webhook(
        id=task_id,
        type="webhook",
        uri=url,
        method="POST",
        body=payload,
        headers=options.headers or {},
        options=options.http(),
    )
    with request.exchange(context) as response:
        return beginning(response)
