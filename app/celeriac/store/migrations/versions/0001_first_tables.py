"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

ID = sa.String(22).with_variant(sa.VARCHAR(22, collation="C"), "postgresql")
NAME = sa.String(256).with_variant(sa.VARCHAR(256, collation="C"), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("execution_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("execution_id", "seq", "attempt", name=op.f("pk_attempt")),
    )
    op.create_table(
        "execution",
        sa.Column("id", ID, nullable=False),
        sa.Column("namespace", NAME, nullable=False),
        sa.Column("flow_id", NAME, nullable=False),
        sa.Column("flow_revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("next_seq", sa.Integer(), nullable=False),
        sa.Column("cell", sa.String(length=64), nullable=False),
        sa.Column("inputs", JSON, nullable=False),
        sa.Column("labels", JSON, nullable=False),
        sa.Column("variables", JSON, nullable=False),
        sa.Column("outputs", JSON, nullable=True),
        sa.Column("trigger", JSON, nullable=True),
        sa.Column("histories", JSON, nullable=False),
        sa.Column("parent_id", ID, nullable=True),
        sa.Column("parent_seq", sa.Integer(), nullable=True),
        sa.Column("parent_attempt", sa.Integer(), nullable=True),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("poisoned", sa.Integer(), nullable=False),
        sa.Column("secrets", JSON, nullable=True),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("started_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("done_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_execution")),
        sa.UniqueConstraint(
            "parent_id", "parent_seq", "parent_attempt", name=op.f("uq_execution_parent_id_parent_seq_parent_attempt")
        ),
    )
    op.create_index("ix_execution_flow", "execution", ["namespace", "flow_id", "created_us"], unique=False)
    op.create_index("ix_execution_open", "execution", ["cell", "done_us"], unique=False)
    op.create_table(
        "flow",
        sa.Column("namespace", NAME, nullable=False),
        sa.Column("id", NAME, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("namespace", "id", "revision", name=op.f("pk_flow")),
    )
    op.create_table(
        "frame",
        sa.Column("execution_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("parent_seq", sa.Integer(), nullable=True),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("next_index", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("iterations", sa.Boolean(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("open", sa.Integer(), nullable=False),
        sa.Column("retrying", sa.Integer(), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("chain", JSON, nullable=False),
        sa.PrimaryKeyConstraint("execution_id", "seq", name=op.f("pk_frame")),
    )
    op.create_table(
        "inbox",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("execution_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("payload", JSON, nullable=True),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
    )
    op.create_index("ix_inbox_at_us", "inbox", ["at_us"], unique=False)
    op.create_index("ix_inbox_execution_id", "inbox", ["execution_id"], unique=False)
    op.create_table(
        "key_value",
        sa.Column("namespace", NAME, nullable=False),
        sa.Column("key", NAME, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=True),
        sa.Column("updated_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("namespace", "key", name=op.f("pk_key_value")),
    )
    op.create_table(
        "log",
        sa.Column("execution_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.String(length=5), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("execution_id", "seq", "attempt", "line", name=op.f("pk_log")),
    )
    op.create_table(
        "loop_value",
        sa.Column("execution_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("i", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("execution_id", "seq", "i", name=op.f("pk_loop_value")),
    )
    op.create_table(
        "metric",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("execution_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("type", sa.String(length=8), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("tags", JSON, nullable=True),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric")),
    )
    op.create_index(op.f("ix_metric_execution_id"), "metric", ["execution_id"], unique=False)
    op.create_table(
        "task_run",
        sa.Column("execution_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("parent_seq", sa.Integer(), nullable=False),
        sa.Column("task_id", NAME, nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("iteration", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("value_hash", sa.String(length=32), nullable=False),
        sa.Column("segment_end", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("attempt_state", sa.String(length=16), nullable=True),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("queue", sa.String(length=64), nullable=True),
        sa.Column("published_us", sa.BigInteger(), nullable=True),
        sa.Column("due_us", sa.BigInteger(), nullable=True),
        sa.Column("handle", JSON, nullable=True),
        sa.Column("outputs", JSON, nullable=True),
        sa.Column("outputs_uri", sa.Text(), nullable=True),
        sa.Column("histories", JSON, nullable=False),
        sa.Column("first_started_us", sa.BigInteger(), nullable=True),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("started_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("execution_id", "seq", name=op.f("pk_task_run")),
        sa.UniqueConstraint(
            "execution_id",
            "parent_seq",
            "branch",
            "iteration",
            "position",
            name=op.f("uq_task_run_execution_id_parent_seq_branch_iteration_position"),
        ),
    )
    op.create_index(
        "ix_task_run_due",
        "task_run",
        ["due_us"],
        unique=False,
        sqlite_where=sa.text("due_us IS NOT NULL"),
        postgresql_where=sa.text("due_us IS NOT NULL"),
    )
    op.create_index(
        "ix_task_run_owner",
        "task_run",
        ["owner"],
        unique=False,
        sqlite_where=sa.text("owner IS NOT NULL"),
        postgresql_where=sa.text("owner IS NOT NULL"),
    )
    op.create_index(
        "ix_task_run_queued",
        "task_run",
        ["published_us"],
        unique=False,
        sqlite_where=sa.text("state = 'QUEUED'"),
        postgresql_where=sa.text("state = 'QUEUED'"),
    )
    op.create_index("ix_task_run_task", "task_run", ["execution_id", "task_id", "value_hash"], unique=False)
    op.create_table(
        "worker",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("cell", sa.String(length=64), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False),
        sa.Column("host", NAME, nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("runners", JSON, nullable=False),
        sa.Column("seen_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
    )
    op.create_index(op.f("ix_worker_cell"), "worker", ["cell"], unique=False)


def downgrade() -> None:
    for table in (
        "worker",
        "task_run",
        "metric",
        "loop_value",
        "log",
        "key_value",
        "inbox",
        "frame",
        "flow",
        "execution",
        "attempt",
    ):
        op.drop_table(table)
