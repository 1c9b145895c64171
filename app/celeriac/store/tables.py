"""Every table. Times are integers: microseconds since the epoch, set and compared with the database's own clock.

No foreign keys: a row of log, task_run, inbox or metric would block behind its execution's row (engine.md §11).
Plain tables, no mapped classes: the ORM alone costs a process 0.2 s at its start.
"""

import sqlalchemy as sa

from celeriac.store.json_type import JsonType

Json = JsonType()
Id = sa.String(22).with_variant(sa.VARCHAR(22, collation="C"), "postgresql")
Name = sa.String(256).with_variant(sa.VARCHAR(256, collation="C"), "postgresql")
Micros = sa.BigInteger()
Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

FLOW = sa.Table(
    "flow",
    METADATA,
    sa.Column("namespace", Name, primary_key=True),
    sa.Column("id", Name, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("created_us", Micros, nullable=False),
)
"""One revision of a flow, as written. The newest revision of (namespace, id) is the flow."""

EXECUTION = sa.Table(
    "execution",
    METADATA,
    sa.Column("id", Id, primary_key=True),
    sa.Column("namespace", Name, nullable=False),
    sa.Column("flow_id", Name, nullable=False),
    sa.Column("flow_revision", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("fence", sa.BigInteger, nullable=False, default=0),
    sa.Column("next_seq", sa.Integer, nullable=False, default=1),
    sa.Column("cell", sa.String(64), nullable=False, default=""),
    sa.Column("inputs", Json, nullable=False),
    sa.Column("labels", Json, nullable=False),
    sa.Column("variables", Json, nullable=False),
    sa.Column("outputs", Json),
    sa.Column("trigger", Json),
    sa.Column("histories", Json, nullable=False),
    sa.Column("parent_id", Id),
    sa.Column("parent_seq", sa.Integer),
    sa.Column("parent_attempt", sa.Integer),
    sa.Column("depth", sa.Integer, nullable=False, default=0),
    sa.Column("poisoned", sa.Integer, nullable=False, default=0),
    sa.Column("secrets", Json),
    sa.Column("created_us", Micros, nullable=False),
    sa.Column("started_us", Micros),
    sa.Column("ended_us", Micros),
    sa.Column("done_us", Micros),
    sa.Index("ix_execution_open", "cell", "done_us"),
    sa.Index("ix_execution_flow", "namespace", "flow_id", "created_us"),
    sa.UniqueConstraint("parent_id", "parent_seq", "parent_attempt"),
)
"""One run of a flow. `fence` rises with every advance; `done_us` is set when nothing more will happen."""

FRAME = sa.Table(
    "frame",
    METADATA,
    sa.Column("execution_id", Id, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("parent_seq", sa.Integer),
    sa.Column("phase", sa.String(16), nullable=False),
    sa.Column("branch", sa.Text, nullable=False),
    sa.Column("next_index", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("iterations", sa.Boolean, nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("open", sa.Integer, nullable=False),
    sa.Column("retrying", sa.Integer, nullable=False, default=0),
    sa.Column("counts", Json, nullable=False),
    sa.Column("chain", Json, nullable=False),
)
"""The counters of an open flowable (seq = its task run) or of the flow itself (seq = 0)."""

RUN = sa.Table(
    "task_run",
    METADATA,
    sa.Column("execution_id", Id, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("parent_seq", sa.Integer, nullable=False),
    sa.Column("task_id", Name, nullable=False),
    sa.Column("branch", sa.Text, nullable=False),
    sa.Column("iteration", sa.Integer, nullable=False, default=-1),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("value", sa.Text),
    sa.Column("value_hash", sa.String(32), nullable=False, default=""),
    sa.Column("segment_end", sa.Integer, nullable=False, default=0),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False, default=1),
    sa.Column("attempt_state", sa.String(16)),
    sa.Column("lost", sa.Integer, nullable=False, default=0),
    sa.Column("fence", sa.BigInteger, nullable=False, default=0),
    sa.Column("owner", sa.String(64)),
    sa.Column("queue", sa.String(64)),
    sa.Column("published_us", Micros),
    sa.Column("due_us", Micros),
    sa.Column("handle", Json),
    sa.Column("outputs", Json),
    sa.Column("outputs_uri", sa.Text),
    sa.Column("histories", Json, nullable=False),
    sa.Column("first_started_us", Micros),
    sa.Column("created_us", Micros, nullable=False),
    sa.Column("started_us", Micros),
    sa.Column("ended_us", Micros),
    sa.UniqueConstraint("execution_id", "parent_seq", "branch", "iteration", "position"),
    sa.Index("ix_task_run_task", "execution_id", "task_id", "value_hash"),
)
"""One run of a task, with its current attempt; earlier attempts are rows of `attempt`.

Its partial indexes (due, owner, queued) stand in the migrations only: naming them here would load every dialect.
"""

ATTEMPT = sa.Table(
    "attempt",
    METADATA,
    sa.Column("execution_id", Id, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("attempt", sa.Integer, primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("started_us", Micros),
    sa.Column("ended_us", Micros),
)
"""An attempt that was superseded by a later one."""

INBOX = sa.Table(
    "inbox",
    METADATA,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("execution_id", Id, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("seq", sa.Integer, nullable=False, default=0),
    sa.Column("payload", Json),
    sa.Column("at_us", Micros, nullable=False),
    sa.Index("ix_inbox_execution_id", "execution_id"),
    sa.Index("ix_inbox_at_us", "at_us"),
)
"""A reason to advance an execution; deleted by the advance that used it."""

VALUE = sa.Table(
    "loop_value",
    METADATA,
    sa.Column("execution_id", Id, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("i", sa.Integer, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
"""The values of a loop, rendered once."""

LOG = sa.Table(
    "log",
    METADATA,
    sa.Column("execution_id", Id, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("attempt", sa.Integer, primary_key=True),
    sa.Column("line", sa.BigInteger, primary_key=True),
    sa.Column("level", sa.String(5), nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("at_us", Micros, nullable=False),
)
"""A log message. seq 0 = of the execution itself. `line` counts within an attempt."""

METRIC = sa.Table(
    "metric",
    METADATA,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("execution_id", Id, nullable=False, index=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("name", Name, nullable=False),
    sa.Column("type", sa.String(8), nullable=False),
    sa.Column("value", sa.Double, nullable=False),
    sa.Column("tags", Json),
    sa.Column("at_us", Micros, nullable=False),
)
"""A metric of an attempt. A timer's value is in seconds."""

WORKER = sa.Table(
    "worker",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("cell", sa.String(64), nullable=False, index=True),
    sa.Column("beat", sa.BigInteger, nullable=False),
    sa.Column("host", Name, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("runners", Json, nullable=False),
    sa.Column("seen_us", Micros, nullable=False),
)
"""A worker process: `beat` rises while it lives, `pids` are the processes that may own task runs."""

KEY_VALUE = sa.Table(
    "key_value",
    METADATA,
    sa.Column("namespace", Name, primary_key=True),
    sa.Column("key", Name, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("expires_us", Micros),
    sa.Column("updated_us", Micros, nullable=False),
)
"""A key of the KV store. `value` is JSON text: a JSON column of SQLite turns `1.0` into `1`."""
