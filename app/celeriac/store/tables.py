"""Every table. Times are integers: microseconds since the epoch, set and compared with the database's own clock.

No foreign keys: a row of log, task_run, inbox or metric would block behind its execution's row (engine.md §11).
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
Id = sa.String(22).with_variant(postgresql.VARCHAR(22, collation="C"), "postgresql")
Name = sa.String(256).with_variant(postgresql.VARCHAR(256, collation="C"), "postgresql")
Micros = sa.BigInteger()
Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Base(DeclarativeBase):
    """Declarative base; flask-sqlalchemy binds the same metadata in web."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class FlowRow(Base):
    """One revision of a flow, as written. The newest revision of (namespace, id) is the flow."""

    __tablename__ = "flow"

    namespace: Mapped[str] = mapped_column(Name, primary_key=True)
    id: Mapped[str] = mapped_column(Name, primary_key=True)
    revision: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    source: Mapped[str] = mapped_column(sa.Text)
    created_us: Mapped[int] = mapped_column(Micros)


class ExecutionRow(Base):
    """One run of a flow. `fence` rises with every advance; `done_us` is set when nothing more will happen."""

    __tablename__ = "execution"
    __table_args__ = (
        sa.Index("ix_execution_open", "cell", "done_us"),
        sa.Index("ix_execution_flow", "namespace", "flow_id", "created_us"),
        sa.UniqueConstraint("parent_id", "parent_seq", "parent_attempt"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    namespace: Mapped[str] = mapped_column(Name)
    flow_id: Mapped[str] = mapped_column(Name)
    flow_revision: Mapped[int] = mapped_column(sa.Integer)
    state: Mapped[str] = mapped_column(sa.String(16))
    fence: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    next_seq: Mapped[int] = mapped_column(sa.Integer, default=1)
    cell: Mapped[str] = mapped_column(sa.String(64), default="")
    inputs: Mapped[Any] = mapped_column(Json)
    labels: Mapped[Any] = mapped_column(Json)
    variables: Mapped[Any] = mapped_column(Json)
    outputs: Mapped[Any] = mapped_column(Json, nullable=True)
    trigger: Mapped[Any] = mapped_column(Json, nullable=True)
    histories: Mapped[Any] = mapped_column(Json)
    parent_id: Mapped[str | None] = mapped_column(Id, nullable=True)
    parent_seq: Mapped[int | None] = mapped_column(sa.Integer, nullable=True)
    parent_attempt: Mapped[int | None] = mapped_column(sa.Integer, nullable=True)
    depth: Mapped[int] = mapped_column(sa.Integer, default=0)
    poisoned: Mapped[int] = mapped_column(sa.Integer, default=0)
    secrets: Mapped[Any] = mapped_column(Json, nullable=True)
    created_us: Mapped[int] = mapped_column(Micros)
    started_us: Mapped[int | None] = mapped_column(Micros, nullable=True)
    ended_us: Mapped[int | None] = mapped_column(Micros, nullable=True)
    done_us: Mapped[int | None] = mapped_column(Micros, nullable=True)


class FrameRow(Base):
    """The counters of an open flowable (seq = its task run) or of the flow itself (seq = 0)."""

    __tablename__ = "frame"

    execution_id: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    parent_seq: Mapped[int | None] = mapped_column(sa.Integer, nullable=True)
    phase: Mapped[str] = mapped_column(sa.String(16))
    list: Mapped[str] = mapped_column(sa.Text)
    next_index: Mapped[int] = mapped_column(sa.Integer)
    total: Mapped[int] = mapped_column(sa.Integer)
    iterations: Mapped[bool] = mapped_column(sa.Boolean)
    width: Mapped[int] = mapped_column(sa.Integer)
    open: Mapped[int] = mapped_column(sa.Integer)
    retrying: Mapped[int] = mapped_column(sa.Integer, default=0)
    counts: Mapped[Any] = mapped_column(Json)
    chain: Mapped[Any] = mapped_column(Json)


class TaskRunRow(Base):
    """One run of a task, with its current attempt; earlier attempts are rows of `attempt`."""

    __tablename__ = "task_run"
    __table_args__ = (
        sa.UniqueConstraint("execution_id", "parent_seq", "list", "iteration", "position"),
        sa.Index("ix_task_run_task", "execution_id", "task_id", "value_hash"),
        sa.Index("ix_task_run_due", "due_us", sqlite_where=sa.text("due_us IS NOT NULL"),
                 postgresql_where=sa.text("due_us IS NOT NULL")),
        sa.Index("ix_task_run_owner", "owner", sqlite_where=sa.text("owner IS NOT NULL"),
                 postgresql_where=sa.text("owner IS NOT NULL")),
        sa.Index("ix_task_run_queued", "published_us", sqlite_where=sa.text("state = 'QUEUED'"),
                 postgresql_where=sa.text("state = 'QUEUED'")),
    )

    execution_id: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    parent_seq: Mapped[int] = mapped_column(sa.Integer)
    task_id: Mapped[str] = mapped_column(Name)
    list: Mapped[str] = mapped_column(sa.Text)
    iteration: Mapped[int] = mapped_column(sa.Integer, default=-1)
    position: Mapped[int] = mapped_column(sa.Integer)
    value: Mapped[str | None] = mapped_column(sa.Text, nullable=True)
    value_hash: Mapped[str] = mapped_column(sa.String(32), default="")
    segment_end: Mapped[int] = mapped_column(sa.Integer, default=0)
    state: Mapped[str] = mapped_column(sa.String(16))
    attempt: Mapped[int] = mapped_column(sa.Integer, default=1)
    attempt_state: Mapped[str | None] = mapped_column(sa.String(16), nullable=True)
    lost: Mapped[int] = mapped_column(sa.Integer, default=0)
    fence: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    owner: Mapped[str | None] = mapped_column(sa.String(64), nullable=True)
    queue: Mapped[str | None] = mapped_column(sa.String(64), nullable=True)
    published_us: Mapped[int | None] = mapped_column(Micros, nullable=True)
    due_us: Mapped[int | None] = mapped_column(Micros, nullable=True)
    handle: Mapped[Any] = mapped_column(Json, nullable=True)
    outputs: Mapped[Any] = mapped_column(Json, nullable=True)
    outputs_uri: Mapped[str | None] = mapped_column(sa.Text, nullable=True)
    histories: Mapped[Any] = mapped_column(Json)
    first_started_us: Mapped[int | None] = mapped_column(Micros, nullable=True)
    created_us: Mapped[int] = mapped_column(Micros)
    started_us: Mapped[int | None] = mapped_column(Micros, nullable=True)
    ended_us: Mapped[int | None] = mapped_column(Micros, nullable=True)


class AttemptRow(Base):
    """An attempt that was superseded by a later one."""

    __tablename__ = "attempt"

    execution_id: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    attempt: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(16))
    started_us: Mapped[int | None] = mapped_column(Micros, nullable=True)
    ended_us: Mapped[int | None] = mapped_column(Micros, nullable=True)


class InboxRow(Base):
    """A reason to advance an execution; deleted by the advance that used it."""

    __tablename__ = "inbox"
    __table_args__ = (sa.Index("ix_inbox_execution_id", "execution_id"), sa.Index("ix_inbox_at_us", "at_us"))

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    execution_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(sa.String(16))
    seq: Mapped[int] = mapped_column(sa.Integer, default=0)
    payload: Mapped[Any] = mapped_column(Json, nullable=True)
    at_us: Mapped[int] = mapped_column(Micros)


class LoopValueRow(Base):
    """The values of a loop, rendered once."""

    __tablename__ = "loop_value"

    execution_id: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    i: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    value: Mapped[str] = mapped_column(sa.Text)


class LogRow(Base):
    """A log message. seq 0 = of the execution itself. `line` counts within an attempt."""

    __tablename__ = "log"

    execution_id: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    attempt: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    line: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    level: Mapped[str] = mapped_column(sa.String(5))
    message: Mapped[str] = mapped_column(sa.Text)
    at_us: Mapped[int] = mapped_column(Micros)


class MetricRow(Base):
    """A metric of an attempt. A timer's value is in seconds."""

    __tablename__ = "metric"

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    execution_id: Mapped[str] = mapped_column(Id, index=True)
    seq: Mapped[int] = mapped_column(sa.Integer)
    attempt: Mapped[int] = mapped_column(sa.Integer)
    name: Mapped[str] = mapped_column(Name)
    type: Mapped[str] = mapped_column(sa.String(8))
    value: Mapped[float] = mapped_column(sa.Double)
    tags: Mapped[Any] = mapped_column(Json, nullable=True)
    at_us: Mapped[int] = mapped_column(Micros)


class WorkerRow(Base):
    """A worker process: `beat` rises while it lives, `pids` are the processes that may own task runs."""

    __tablename__ = "worker"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    cell: Mapped[str] = mapped_column(sa.String(64), index=True)
    beat: Mapped[int] = mapped_column(sa.BigInteger)
    host: Mapped[str] = mapped_column(Name)
    pid: Mapped[int] = mapped_column(sa.Integer)
    runners: Mapped[Any] = mapped_column(Json)
    seen_us: Mapped[int] = mapped_column(Micros)


class KeyValueRow(Base):
    """A key of the KV store."""

    __tablename__ = "key_value"

    namespace: Mapped[str] = mapped_column(Name, primary_key=True)
    key: Mapped[str] = mapped_column(Name, primary_key=True)
    value: Mapped[Any] = mapped_column(Json, nullable=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    description: Mapped[str | None] = mapped_column(sa.Text, nullable=True)
    version: Mapped[int] = mapped_column(sa.Integer)
    expires_us: Mapped[int | None] = mapped_column(Micros, nullable=True)
    updated_us: Mapped[int] = mapped_column(Micros)
