"""What services say after a commit, and to whom: messages to workers and orchestrators."""

from collections.abc import Sequence
from typing import Protocol

from celeriac.core.decision import Fan


class Publisher(Protocol):
    """Sends hints after a commit; a failure to send is logged, never raised: the rows are the outbox."""

    def advance(self, execution_ids: Sequence[str]) -> None: ...

    def fans(self, execution_id: str, fans: Sequence[Fan]) -> None: ...
