"""Labels as rows, for filters; the truth is `execution.labels`."""

from collections.abc import Sequence

from sqlalchemy.engine import Connection

from celeriac.core.execution import CORRELATION, Execution
from celeriac.store.tables import EXECUTION_LABEL


def write_labels(connection: Connection, execution: Execution) -> None:
    """Makes the rows of `execution_label` those of the execution's labels."""
    connection.execute(EXECUTION_LABEL.delete().where(EXECUTION_LABEL.c.execution_id == execution.id))
    insert_labels(connection, [execution])


def insert_labels(connection: Connection, executions: Sequence[Execution]) -> None:
    """The rows of new executions."""
    if labels := [row for one in executions for row in _label_rows(one)]:
        connection.execute(EXECUTION_LABEL.insert(), labels)


def _label_rows(execution: Execution) -> list[dict[str, str]]:
    labels = {key[:256]: value[:256] for key, value in execution.labels.items()}
    if labels.get(CORRELATION) == execution.id:
        del labels[CORRELATION]
    return [{"key": key, "value": value, "execution_id": execution.id} for key, value in labels.items()]
