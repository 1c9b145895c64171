"""`slack.SlackIncomingWebhook`: a message into a Slack channel."""

from typing import ClassVar

import orjson

from celeriac.core.dynamic import Dynamic
from celeriac.core.errors import TaskFailed
from celeriac.core.task_type import TaskContext, TaskType
from celeriac.plugins.notifications.options import RequestOptions
from celeriac.plugins.notifications.webhook import post


class SlackIncomingWebhook(TaskType):
    """Posts `payload` exactly as rendered, or `messageText` as the text of a message, to an incoming webhook.

    Example:
        id: tell
        namespace: company.team
        tasks:
          - id: notify
            type: io.kestra.plugin.slack.SlackIncomingWebhook
            url: "{{ secret('SLACK_WEBHOOK_URL') }}"
            messageText: "The nightly load of {{ flow.namespace }} is done"
    """

    type_name: ClassVar[str] = "io.kestra.plugin.slack.SlackIncomingWebhook"
    aliases: ClassVar[tuple[str, ...]] = (
        "io.kestra.plugin.notifications.slack.SlackIncomingWebhook",
        "io.kestra.plugin.slack.notifications.SlackIncomingWebhook",
    )

    url: Dynamic[str]
    payload: Dynamic[str] | None = None
    message_text: Dynamic[str] | None = None
    options: RequestOptions = RequestOptions()

    def run(self, context: TaskContext) -> None:
        answer = post(context, self.id, self.url, self.message(context), self.options)
        context.logger.debug(f"The webhook answered: {answer}")

    def message(self, context: TaskContext) -> str:
        """The body to send. Raises: TaskFailed."""
        if self.payload is not None:
            return self.payload
        if self.message_text is None:
            raise TaskFailed("One of the properties `payload` and `messageText` is needed")
        return orjson.dumps({"text": self.message_text}).decode()
