"""The AMQP queue on which producers ask for executions, and RabbitMQ as the broker."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from kombu import Connection, Queue

from celeriac.dispatch.app import DEFAULT_QUEUE, ORCHESTRATE_QUEUE
from celeriac.dispatch.queue import AmqpQueue as Broker
from celeriac_workers.listeners.amqp_queue import AmqpQueue
from hand_engine import HandEngine
from rabbitmq_server import RABBITMQ

FLOW = """
id: greeting
namespace: company.team
tasks:
  - {id: hello, type: io.kestra.plugin.core.debug.Return, format: Hello}
"""
MESSAGE = json.dumps({"namespace": "company.team", "flowId": "greeting"})


@pytest.fixture(params=[RABBITMQ])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("rabbitmq_url"))


@contextmanager
def listening(engine: HandEngine, url: str) -> Iterator[None]:
    """A listener at work."""
    stop = threading.Event()
    source = AmqpQueue(url, engine.app.submissions, queue="test.submit", dead="test.submit.dead")
    thread = threading.Thread(target=source.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def send(url: str, *bodies: str) -> None:
    """As any AMQP client does: the default exchange, the queue's name as the routing key."""
    with Connection(url) as connection, connection.Producer() as producer:
        for body in bodies:
            producer.publish(body, routing_key="test.submit", content_type="application/json", content_encoding="utf-8")


def waiting(url: str, name: str) -> int:
    """How many messages wait in a queue."""
    with Connection(url) as connection, connection.channel() as channel:
        return int(Queue(name, channel=channel).queue_declare(passive=True).message_count)


def test_a_message_starts_an_execution(by_hand: HandEngine, url: str) -> None:
    by_hand.register(FLOW)

    with listening(by_hand, url):
        by_hand.wait_for(lambda: exists(url, "test.submit"), "the queue to be declared")
        send(url, MESSAGE)
        by_hand.wait_for(lambda: by_hand.publisher.jobs, "the execution to start")

    assert waiting(url, "test.submit") == 0


def test_a_refused_message_goes_to_the_queue_of_the_dead_with_the_reason(by_hand: HandEngine, url: str) -> None:
    with listening(by_hand, url):
        by_hand.wait_for(lambda: exists(url, "test.submit.dead"), "the queues to be declared")
        send(url, "{not json")
        by_hand.wait_for(lambda: waiting(url, "test.submit.dead") == 1, "the message to be refused")

    with Connection(url) as connection, connection.channel() as channel:
        dead = Queue("test.submit.dead", channel=channel).get()
        assert dead is not None
        dead.ack()
    assert dead.body == "{not json"
    assert "not JSON" in dead.headers["reason"]


def test_the_sweeper_can_tell_whether_rabbitmq_holds_messages(url: str) -> None:
    with Connection(url) as connection, connection.channel() as channel:
        for name in (DEFAULT_QUEUE, ORCHESTRATE_QUEUE):
            Queue(name, durable=True, channel=channel).declare()
            Queue(name, channel=channel).purge()
    broker = Broker(url)
    before = broker.is_empty()
    with Connection(url) as connection, connection.Producer() as producer:
        producer.publish("x", routing_key=DEFAULT_QUEUE, declare=[Queue(DEFAULT_QUEUE, durable=True)])
    after = broker.is_empty()
    with Connection(url) as connection, connection.channel() as channel:
        Queue(DEFAULT_QUEUE, channel=channel).purge()

    assert (before, after) == (True, False)
    assert broker.incarnation() is not None


def test_a_broker_that_is_away_is_neither_empty_nor_there() -> None:
    broker = Broker("amqp://guest:guest@127.0.0.1:9//")

    assert (broker.is_empty(), broker.incarnation()) == (False, None)


def exists(url: str, name: str) -> bool:
    """Whether somebody has declared a queue."""
    with Connection(url) as connection, connection.channel() as channel:
        try:
            Queue(name, channel=channel).queue_declare(passive=True)
        except connection.channel_errors:
            return False
    return True
