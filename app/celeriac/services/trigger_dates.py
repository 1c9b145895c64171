"""The dates of a trigger at which its conditions hold."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from celeriac.core.dated_trigger import DatedTrigger, Occurrence
from celeriac.core.errors import ExpressionError
from celeriac.services.trigger_scope import TriggerScope

LOOK = 20_000
"""Dates looked at for one at which the conditions hold; each costs about 30 µs."""
FAR = timedelta(days=3653)


def variables_of(occurrence: Occurrence) -> dict[str, object]:
    """What conditions see at a date; `schedule` is the name of 0.x."""
    return {"trigger": occurrence.variables, "schedule": occurrence.variables}


def next_date(scope: TriggerScope, trigger: DatedTrigger, moment: datetime) -> datetime | None:
    """The first date after a moment at which the conditions hold, or at which they cannot be evaluated.

    When none is found among the next 20,000 it is the last of these: from there one has to look again.
    """
    found = _search(scope, trigger, trigger.occurrences_after(moment), moment)
    return None if found is None else found[0].date


def dates_after(scope: TriggerScope, trigger: DatedTrigger, moment: datetime) -> Iterator[datetime]:
    """The dates at which the trigger will fire, as far as can be told now."""
    while (found := _search(scope, trigger, trigger.occurrences_after(moment), moment)) is not None:
        moment = found[0].date
        if found[1]:
            yield moment


def valid_occurrence(scope: TriggerScope, trigger: DatedTrigger, occurrence: Occurrence) -> Occurrence:
    """The date with the nearest ones beside it at which the conditions hold too."""
    if not _is_conditional(trigger):
        return occurrence
    date = occurrence.date
    following = _search(scope, trigger, trigger.occurrences_after(date), date)
    preceding = _search(scope, trigger, trigger.occurrences_before(date), date)
    return Occurrence(
        date,
        following[0].date if following and following[1] else None,
        preceding[0].date if preceding and preceding[1] else None,
    )


def _search(
    scope: TriggerScope, trigger: DatedTrigger, occurrences: Iterator[Occurrence], moment: datetime
) -> tuple[Occurrence, bool] | None:
    """(the first that holds, True), or (the last one looked at, False); None when there are no more dates."""
    last: Occurrence | None = None
    for occurrence in islice(occurrences, LOOK):
        if abs(occurrence.date - moment) > FAR and _is_conditional(trigger):
            return None
        last = occurrence
        try:
            if not _is_conditional(trigger) or trigger.may_fire(scope.situation(variables_of(occurrence))):
                return occurrence, True
        except ExpressionError:
            return occurrence, True
    return None if last is None else (last, False)


def _is_conditional(trigger: DatedTrigger) -> bool:
    return bool(trigger.all_conditions) or trigger.when is not None
