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
    sa.Column("is_deletion", sa.Boolean, nullable=False, default=False, server_default=sa.false()),
)
"""One revision of a flow, as written; the newest of (namespace, id) is the flow. is_deletion: it was removed then."""

FLOW_HEAD = sa.Table(
    "flow_head",
    METADATA,
    sa.Column("namespace", Name, primary_key=True),
    sa.Column("id", Name, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("is_deleted", sa.Boolean, nullable=False, default=False),
    sa.Column("is_disabled", sa.Boolean, nullable=False, default=False),
    sa.Column("description", sa.Text),
    sa.Column("labels", Json, nullable=False),
    sa.Column("triggers_revision", sa.Integer, nullable=False, default=0),
    sa.Column("updated_us", Micros, nullable=False),
    sa.Index("ix_flow_head_id", "id"),
)
"""What lists show of each flow's newest revision. `triggers_revision`: the revision that the rows of `trigger` are of;
when it is not `revision`, the scheduler has to bring them up to date."""

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
    sa.Column("original_id", Id),
    sa.Column("scheduled_us", Micros),
    sa.Column("created_us", Micros, nullable=False),
    sa.Column("started_us", Micros),
    sa.Column("ended_us", Micros),
    sa.Column("done_us", Micros),
    sa.Index("ix_execution_open", "cell", "done_us"),
    sa.Index("ix_execution_flow", "namespace", "flow_id", "id"),
    sa.Index("ix_execution_state", "state", "id"),
    sa.UniqueConstraint("parent_id", "parent_seq", "parent_attempt"),
)
"""One run of a flow. `fence` rises with every advance; `done_us` is set when nothing more will happen.

Ids sort by time of creation, so lists are ordered and paged by id. `original_id`: of which execution this is a replay.
`scheduled_us`: not to start before.
"""

EXECUTION_LABEL = sa.Table(
    "execution_label",
    METADATA,
    sa.Column("key", Name, primary_key=True),
    sa.Column("value", Name, primary_key=True),
    sa.Column("execution_id", Id, primary_key=True),
    sa.Index("ix_execution_label_execution_id", "execution_id"),
)
"""Labels of executions for filters; the truth is `execution.labels`. No `system.correlationId` that is its own id."""

STARTED = sa.Table(
    "started",
    METADATA,
    sa.Column("scope", sa.String(640), primary_key=True),
    sa.Column("key", sa.String(256), primary_key=True),
    sa.Column("execution_id", Id, nullable=False),
    sa.Column("at_us", Micros, nullable=False),
)
"""What has already started an execution, so that it does not start another (core.execution.Once): dates of triggers,
idempotency keys, messages of a source."""

DEAD_LETTER = sa.Table(
    "dead_letter",
    METADATA,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("source", Name, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("at_us", Micros, nullable=False),
)
"""A message that asked for an execution and was refused: what it said and why."""

TRIGGER = sa.Table(
    "trigger",
    METADATA,
    sa.Column("namespace", Name, primary_key=True),
    sa.Column("flow_id", Name, primary_key=True),
    sa.Column("trigger_id", Name, primary_key=True),
    sa.Column("type", Name, nullable=False),
    sa.Column("flow_revision", sa.Integer, nullable=False),
    sa.Column("is_disabled", sa.Boolean, nullable=False, default=False),
    sa.Column("is_concurrent", sa.Boolean, nullable=False, default=False),
    sa.Column("listens", sa.Boolean, nullable=False, default=False),
    sa.Column("next_us", Micros),
    sa.Column("last_us", Micros),
    sa.Column("execution_id", Id),
    sa.Column("evaluated_us", Micros),
    sa.Column("error", sa.Text),
    sa.Column("backfill", Json),
    sa.Column("state", Json),
    sa.Column("updated_us", Micros, nullable=False),
    sa.Index("ix_trigger_next_us", "next_us"),
    sa.Index("ix_trigger_type", "type"),
    sa.Index("ix_trigger_listens", "listens"),
)
"""What is known of a trigger beside its YAML. is_disabled: by a person or by `stopAfter`. is_concurrent: it does not
wait for the end of its last execution. listens: it wants rows of `flow_event`. next_us: its next date, or when to look
again. last_us: the last date that was dealt with. execution_id: the last execution that it started. evaluated_us: when
it was last looked at. state: of its type. updated_us: rises with each change."""

FLOW_EVENT = sa.Table(
    "flow_event",
    METADATA,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("execution_id", Id, nullable=False),
    sa.Column("first", sa.Integer, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("at_us", Micros, nullable=False),
)
"""An execution entered states while some trigger listens: to be looked at once, then deleted.
first, count: which entries of its histories."""

PROCESS = sa.Table(
    "process",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("cell", sa.String(64), nullable=False),
    sa.Column("host", Name, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("detail", Json),
    sa.Column("started_us", Micros, nullable=False),
    sa.Column("seen_us", Micros, nullable=False),
)
"""A living process of a role other than worker; it writes `seen_us` each ten seconds."""

USER = sa.Table(
    "user_account",
    METADATA,
    sa.Column("email", Name, primary_key=True),
    sa.Column("name", Name),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("is_disabled", sa.Boolean, nullable=False, default=False),
    sa.Column("session_version", sa.Integer, nullable=False, default=1),
    sa.Column("created_us", Micros, nullable=False),
    sa.Column("seen_us", Micros),
)
"""Who may log in. role: viewer, operator, editor, admin. A higher `session_version` ends all sessions."""

TOKEN = sa.Table(
    "token",
    METADATA,
    sa.Column("id", sa.String(22), primary_key=True),
    sa.Column("email", Name, nullable=False, index=True),
    sa.Column("name", Name, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("created_us", Micros, nullable=False),
    sa.Column("expires_us", Micros),
    sa.Column("used_us", Micros),
)
"""API tokens; only their hash is known."""

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
