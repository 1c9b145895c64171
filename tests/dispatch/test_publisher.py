"""What is sent after a commit, and how much of it at once."""

import socket
import threading
from typing import Any

import pytest
from amqp.exceptions import PreconditionFailed
from celery.canvas import Signature

from celeriac.dispatch.app import make_celery
from celeriac.dispatch.publisher import GROUP, CeleryPublisher, GatheringPublisher


class Recorded(CeleryPublisher):
    """Remembers what it is to send; the first message takes until `go` is set."""

    def __init__(self) -> None:
        super().__init__(make_celery("memory://", ""))
        self.messages: list[list[str]] = []
        self.go = threading.Event()
        self.all_sent = threading.Event()

    def advance(self, execution_ids: list[str]) -> None:  # type: ignore[override] # lists are what it gets here
        self.messages.append(list(execution_ids))
        self.go.wait(10)
        if "last" in execution_ids:
            self.all_sent.set()


def test_what_comes_while_a_message_is_on_its_way_goes_together() -> None:
    recorded = Recorded()
    publisher = GatheringPublisher(recorded)
    publisher.advance(["first"])
    while not recorded.messages:
        pass

    for execution_id in ("a", "b", "last"):
        publisher.advance([execution_id])
    recorded.go.set()
    recorded.all_sent.wait(10)

    assert recorded.messages == [["first"], ["a", "b", "last"]]


def test_a_message_that_cannot_be_sent_does_not_keep_later_ones_from_it() -> None:
    class Failing(Recorded):
        def advance(self, execution_ids: list[str]) -> None:  # type: ignore[override] # as above
            super().advance(execution_ids)
            if "broken" in execution_ids:
                raise ValueError("unforeseen")

    failing = Failing()
    failing.go.set()
    publisher = GatheringPublisher(failing)
    publisher.advance(["broken"])
    while not failing.messages:
        pass

    publisher.advance(["last"])

    assert failing.all_sent.wait(10)


@pytest.mark.parametrize(
    "error", [PreconditionFailed("queue 'orchestrate' has other arguments"), socket.gaierror("unknown name")]
)
def test_a_broker_that_refuses_is_as_one_that_is_away(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_celery("memory://", "")

    def refuse(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(Signature, "apply_async", refuse)

    CeleryPublisher(app).advance(["x"])


def test_many_executions_are_sent_a_few_by_each_message(valkey_url: str) -> None:
    app = make_celery(valkey_url, valkey_url)
    app.conf.task_routes = {"*": {"queue": "test-groups"}}
    ids = [f"x{number}" for number in range(2 * GROUP + 1)]

    CeleryPublisher(app).advance(ids)

    with app.connection_for_read() as connection, connection.SimpleQueue("test-groups") as queue:
        bodies = [queue.get(timeout=5) for _ in range(3)]
        for body in bodies:
            body.ack()
    assert [body.payload[0] for body in bodies] == [ids[:GROUP], ids[GROUP : 2 * GROUP], ids[2 * GROUP :]]
