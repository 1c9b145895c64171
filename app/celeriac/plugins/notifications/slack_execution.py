"""`slack.SlackExecution`: tells a Slack channel how an execution went."""

from collections.abc import Mapping
from typing import Any, ClassVar

import orjson

from celeriac.core.dynamic import Dynamic, as_text
from celeriac.core.task_type import TaskContext
from celeriac.plugins.notifications.report import Report
from celeriac.plugins.notifications.slack_incoming_webhook import SlackIncomingWebhook

_COLORS = {"SUCCESS": "good", "WARNING": "warning", "FAILED": "danger", "KILLED": "danger"}


class SlackExecution(SlackIncomingWebhook):
    """Posts namespace, flow, id, state, duration and the failed task of an execution, by default the own one.

    Meant for `errors` and for flows that watch others. `payload` or `messageText` replace the message as a whole.

    Example:
        id: watched
        namespace: company.team
        tasks:
          - id: work
            type: io.kestra.plugin.core.execution.Fail
        errors:
          - id: alert
            type: io.kestra.plugin.slack.SlackExecution
            url: "{{ secret('SLACK_WEBHOOK_URL') }}"
            executionId: "{{ execution.id }}"
            customMessage: Please look into it
            customFields:
              Team: data
    """

    type_name: ClassVar[str] = "io.kestra.plugin.slack.SlackExecution"
    aliases: ClassVar[tuple[str, ...]] = (
        "io.kestra.plugin.notifications.slack.SlackExecution",
        "io.kestra.plugin.slack.notifications.SlackExecution",
    )

    execution_id: Dynamic[str] | None = None
    custom_message: Dynamic[str] | None = None
    custom_fields: Dynamic[dict[str, Any]] = {}
    channel: Dynamic[str] | None = None
    username: Dynamic[str] | None = None
    icon_url: Dynamic[str] | None = None
    icon_emoji: Dynamic[str] | None = None

    def message(self, context: TaskContext) -> str:
        if self.payload is not None or self.message_text is not None:
            return super().message(context)
        execution_id = self.execution_id or context.identity.execution_id
        report = Report.of(context.execution(execution_id), self.id)
        return orjson.dumps(self._addressed(self._content(report))).decode()

    def _content(self, report: Report) -> dict[str, Any]:
        fields = report.fields() | {name: as_text(value) for name, value in (self.custom_fields or {}).items()}
        text = report.headline()
        shown = [{"title": name, "value": value, "short": len(value) < 40} for name, value in fields.items()]
        return {
            "text": f"{text}\n{self.custom_message}" if self.custom_message else text,
            "attachments": [
                {
                    "color": _COLORS.get(report.state, "#439FE0"),
                    "fallback": text,
                    "fields": shown,
                }
            ],
        }

    def _addressed(self, content: Mapping[str, Any]) -> dict[str, Any]:
        where = {
            "channel": self.channel,
            "username": self.username,
            "icon_url": self.icon_url,
            "icon_emoji": self.icon_emoji,
        }
        return {**{name: value for name, value in where.items() if value}, **content}
