"""Triggers that hear of the states which executions of other flows enter."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime

from celeriac.core.collecting import Collection
from celeriac.core.condition_type import Situation, Upstream
from celeriac.core.trigger_type import TriggerType


class ListeningTrigger(TriggerType):
    """Fires when executions enter states."""

    @property
    def listens(self) -> bool:
        return True

    @property
    @abstractmethod
    def scopes_outputs(self) -> bool:
        """True when `trigger.outputs` tells by namespace and flow which execution an output is of."""

    @abstractmethod
    def may_want(self, upstream: Upstream) -> bool:
        """False when the execution cannot count, whatever expressions say: nearly all triggers at nearly all events."""

    @abstractmethod
    def wants(self, situation: Situation) -> bool:
        """Whether an execution in this state counts. Raises: ExpressionError, and then it does not."""

    @abstractmethod
    def collections(self) -> Sequence[Collection]:
        """What must be met, by one execution or by several; nothing = each execution that it wants fires it."""

    @abstractmethod
    def misses_after(self, moment: datetime) -> datetime | None:
        """When a period ends whose miss is to be shown as a FAILED execution; None = never."""

    @property
    @abstractmethod
    def miss_labels(self) -> dict[str, str]:
        """Labels of that execution."""
