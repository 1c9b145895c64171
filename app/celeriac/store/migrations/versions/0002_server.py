"""What a server needs: lists of flows, triggers, queue producers, processes, users."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

ID = sa.String(22).with_variant(sa.VARCHAR(22, collation="C"), "postgresql")
NAME = sa.String(256).with_variant(sa.VARCHAR(256, collation="C"), "postgresql")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MICROS = sa.BigInteger()

_TO_COME = "scheduled_us IS NOT NULL AND started_us IS NULL AND done_us IS NULL"
_FILL_HEADS = """
INSERT INTO flow_head (namespace, id, revision, is_deleted, is_disabled, labels, triggers_revision, updated_us)
SELECT namespace, id, revision, {false}, {false}, '{{}}', 0, created_us FROM flow AS one
WHERE revision = (SELECT max(revision) FROM flow WHERE flow.namespace = one.namespace AND flow.id = one.id)
"""
_FILL_LABELS_OF = {
    "sqlite": """
INSERT INTO execution_label (key, value, execution_id)
SELECT j.key, substr(j.value, 1, 256), execution.id FROM execution, json_each(execution.labels) AS j
WHERE j.key <> 'system.correlationId' OR j.value <> execution.id
""",
    "postgresql": """
INSERT INTO execution_label (key, value, execution_id)
SELECT j.key, left(j.value, 256), execution.id FROM execution, jsonb_each_text(execution.labels) AS j
WHERE j.key <> 'system.correlationId' OR j.value <> execution.id
""",
}


def upgrade() -> None:
    op.add_column("flow", sa.Column("is_deletion", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("execution", sa.Column("original_id", ID, nullable=True))
    op.add_column("execution", sa.Column("scheduled_us", MICROS, nullable=True))
    op.drop_index("ix_execution_flow", "execution")
    op.create_index("ix_execution_flow", "execution", ["namespace", "flow_id", "id"])
    op.create_index("ix_execution_state", "execution", ["state", "id"])
    op.create_index(
        "ix_execution_scheduled",
        "execution",
        ["scheduled_us"],
        sqlite_where=sa.text(_TO_COME),
        postgresql_where=sa.text(_TO_COME),
    )
    op.create_table(
        "flow_head",
        sa.Column("namespace", NAME, nullable=False),
        sa.Column("id", NAME, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("labels", JSON, nullable=False),
        sa.Column("triggers_revision", sa.Integer(), nullable=False),
        sa.Column("updated_us", MICROS, nullable=False),
        sa.PrimaryKeyConstraint("namespace", "id", name=op.f("pk_flow_head")),
    )
    op.create_index("ix_flow_head_id", "flow_head", ["id"])
    op.create_table(
        "execution_label",
        sa.Column("key", NAME, nullable=False),
        sa.Column("value", NAME, nullable=False),
        sa.Column("execution_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("key", "value", "execution_id", name=op.f("pk_execution_label")),
    )
    op.create_index("ix_execution_label_execution_id", "execution_label", ["execution_id"])
    op.create_table(
        "started",
        sa.Column("scope", sa.String(640), nullable=False),
        sa.Column("key", sa.String(256), nullable=False),
        sa.Column("execution_id", ID, nullable=False),
        sa.Column("at_us", MICROS, nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("pk_started")),
    )
    op.create_table(
        "dead_letter",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("source", NAME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at_us", MICROS, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter")),
    )
    op.create_table(
        "trigger",
        sa.Column("namespace", NAME, nullable=False),
        sa.Column("flow_id", NAME, nullable=False),
        sa.Column("trigger_id", NAME, nullable=False),
        sa.Column("type", NAME, nullable=False),
        sa.Column("flow_revision", sa.Integer(), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.Column("is_concurrent", sa.Boolean(), nullable=False),
        sa.Column("listens", sa.Boolean(), nullable=False),
        sa.Column("next_us", MICROS, nullable=True),
        sa.Column("last_us", MICROS, nullable=True),
        sa.Column("execution_id", ID, nullable=True),
        sa.Column("evaluated_us", MICROS, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("backfill", JSON, nullable=True),
        sa.Column("state", JSON, nullable=True),
        sa.Column("updated_us", MICROS, nullable=False),
        sa.PrimaryKeyConstraint("namespace", "flow_id", "trigger_id", name=op.f("pk_trigger")),
    )
    op.create_index("ix_trigger_next_us", "trigger", ["next_us"])
    op.create_index("ix_trigger_type", "trigger", ["type"])
    op.create_index("ix_trigger_listens", "trigger", ["listens"])
    op.create_table(
        "flow_event",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("execution_id", ID, nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("at_us", MICROS, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_event")),
    )
    op.create_table(
        "process",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("cell", sa.String(64), nullable=False),
        sa.Column("host", NAME, nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("detail", JSON, nullable=True),
        sa.Column("started_us", MICROS, nullable=False),
        sa.Column("seen_us", MICROS, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process")),
    )
    op.create_table(
        "user_account",
        sa.Column("email", NAME, nullable=False),
        sa.Column("name", NAME, nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.Column("session_version", sa.Integer(), nullable=False),
        sa.Column("created_us", MICROS, nullable=False),
        sa.Column("seen_us", MICROS, nullable=True),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_user_account")),
    )
    op.create_table(
        "token",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("email", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("created_us", MICROS, nullable=False),
        sa.Column("expires_us", MICROS, nullable=True),
        sa.Column("used_us", MICROS, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("sha256", name=op.f("uq_token_sha256")),
    )
    op.create_index(op.f("ix_token_email"), "token", ["email"])
    dialect = op.get_bind().dialect.name
    op.execute(_FILL_HEADS.format(false="false" if dialect == "postgresql" else "0"))
    op.execute(_FILL_LABELS_OF[dialect])


def downgrade() -> None:
    for table in (
        "token",
        "user_account",
        "process",
        "flow_event",
        "trigger",
        "dead_letter",
        "started",
        "execution_label",
        "flow_head",
    ):
        op.drop_table(table)
    op.drop_index("ix_execution_scheduled", "execution")
    op.drop_index("ix_execution_state", "execution")
    op.drop_index("ix_execution_flow", "execution")
    op.create_index("ix_execution_flow", "execution", ["namespace", "flow_id", "created_us"])
    with op.batch_alter_table("execution") as batch:
        batch.drop_column("scheduled_us")
        batch.drop_column("original_id")
    with op.batch_alter_table("flow") as batch:
        batch.drop_column("is_deletion")
