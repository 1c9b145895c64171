"""Inputs whose value is a text."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from celeriac.core.inputs.model import Input
from celeriac.core.inputs.pattern import compile_pattern


def _compiles(pattern: str) -> str:
    try:
        compile_pattern(pattern)
    except re.error as error:
        raise PydanticCustomError(
            "input", "invalid pattern [{pattern}]: {reason}", {"pattern": pattern, "reason": str(error)}
        ) from error
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


class StringInput(Input):
    """A text; `validator` must match all of it."""

    empty_is_a_value: ClassVar[bool] = True

    type: Literal["STRING"]
    validator: Pattern | None = None

    def check(self, value: Any, choices: Sequence[str] = ()) -> None:
        if self.validator is not None and not compile_pattern(self.validator).fullmatch(value):
            raise ValueError(f"it must match the pattern `{self.validator}`")


class SecretInput(StringInput):
    """A text that people only ever see as stars."""

    secret: ClassVar[bool] = True

    type: Literal["SECRET"]  # type: ignore[assignment] # each class of the union has its own tag


class EmailInput(Input):
    """An e-mail address."""

    empty_is_a_value: ClassVar[bool] = True

    type: Literal["EMAIL"]


class UriInput(Input):
    """A URI with a scheme."""

    type: Literal["URI"]
