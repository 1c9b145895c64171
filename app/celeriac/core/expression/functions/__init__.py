"""The functions, by family."""

from collections.abc import Callable, Mapping
from typing import Any

from celeriac.core.expression.functions.calendar import CALENDAR_FUNCTIONS
from celeriac.core.expression.functions.data import DATA_FUNCTIONS
from celeriac.core.expression.functions.generators import GENERATOR_FUNCTIONS
from celeriac.core.expression.functions.outside import OUTSIDE_FUNCTIONS
from celeriac.core.expression.functions.templates import TEMPLATE_FUNCTIONS

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **DATA_FUNCTIONS,
    **CALENDAR_FUNCTIONS,
    **GENERATOR_FUNCTIONS,
    **OUTSIDE_FUNCTIONS,
    **TEMPLATE_FUNCTIONS,
}
"""{name: function(scope, …)}."""
