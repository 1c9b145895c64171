"""A stored revision may hold what this version does not know: its task run fails, not the engine."""

from engine.flow_text import flow, log
from hand_engine import HandEngine


def test_a_stored_task_of_an_unknown_type_fails_its_task_run(by_hand: HandEngine) -> None:
    execution_id = by_hand.start(flow(f"tasks: [{log('a')}, {log('b')}]"))
    source = flow(f"tasks: [{log('a')}, {{id: b, type: com.example.Gone, message: x}}]")
    columns = "namespace, id, revision, source, created_us"
    by_hand.change(
        f"INSERT INTO flow ({columns}) SELECT namespace, id, 2, :source, created_us FROM flow", source=source
    )
    by_hand.change("UPDATE execution SET flow_revision = 2")

    by_hand.drain()

    ended = by_hand.look(execution_id)
    assert (ended.state, ended.states) == ("FAILED", [("a", "SUCCESS"), ("b", "FAILED")])
    assert "com.example.Gone" in ended.messages[-1]
