"""Messages that asked for an execution and were refused."""

from dataclasses import dataclass

import sqlalchemy as sa

from celeriac.store.database import UNAVAILABLE, Database
from celeriac.store.tables import DEAD_LETTER

KEPT_CHARS = 1_000_000


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What a message said, as text, and why it was refused."""

    id: int
    source: str
    reason: str
    body: str
    at_us: int


class DeadLetterStore:
    """Dead letters stay until somebody deletes them."""

    Unavailable = UNAVAILABLE

    def __init__(self, database: Database) -> None:
        self.database = database
        self._now: sa.ColumnElement[int] = sa.literal_column(database.now_sql)

    def add(self, source: str, reason: str, body: str) -> int:
        """Stores a refused message, its first million characters; returns its id."""
        text = body[:KEPT_CHARS].replace("\x00", "\ufffd")
        statement = DEAD_LETTER.insert().values(
            source=source, reason=reason.replace("\x00", "\ufffd"), body=text, at_us=self._now
        )
        with self.database.write() as connection:
            return int(connection.execute(statement.returning(DEAD_LETTER.c.id)).scalar_one())

    def newest(self, limit: int, before_id: int | None = None) -> list[DeadLetter]:
        """The newest ones, or the next older than one of them."""
        statement = sa.select(DEAD_LETTER).order_by(DEAD_LETTER.c.id.desc()).limit(limit)
        if before_id is not None:
            statement = statement.where(DEAD_LETTER.c.id < before_id)
        with self.database.read() as connection:
            return [DeadLetter(**row) for row in connection.execute(statement).mappings()]

    def get(self, letter_id: int) -> DeadLetter | None:
        """One of them."""
        with self.database.read() as connection:
            row = connection.execute(sa.select(DEAD_LETTER).where(DEAD_LETTER.c.id == letter_id)).mappings().first()
            return DeadLetter(**row) if row else None

    def delete(self, letter_id: int) -> bool:
        """False when it was not there."""
        with self.database.write() as connection:
            return connection.execute(DEAD_LETTER.delete().where(DEAD_LETTER.c.id == letter_id)).rowcount == 1
