"""Inputs whose value is a text."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from celeriac.core.inputs.model import Input
from celeriac.core.inputs.pattern import compile_pattern

_EMAIL = re.compile(r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-zA-Z0-9.-]+")


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

    def check(self, value: Any, choices: Sequence[str] | None = None) -> None:
        if self.validator is not None and not compile_pattern(self.validator).fullmatch(value):
            raise ValueError(f"it must match the pattern `{self.validator}`")


class SecretInput(Input):
    """A text that people only ever see as stars; `validator` must match all of it."""

    empty_is_a_value: ClassVar[bool] = True
    secret: ClassVar[bool] = True

    type: Literal["SECRET"]
    validator: Pattern | None = None

    def check(self, value: Any, choices: Sequence[str] | None = None) -> None:
        if self.validator is not None and not compile_pattern(self.validator).fullmatch(value):
            raise ValueError(f"{self.id}: it must match the pattern `{self.validator}`")


class EmailInput(Input):
    """An e-mail address, or an empty text."""

    empty_is_a_value: ClassVar[bool] = True

    type: Literal["EMAIL"]

    def check(self, value: Any, choices: Sequence[str] | None = None) -> None:
        if value and not _EMAIL.fullmatch(value):
            raise ValueError("The input must be a valid email")


class UriInput(Input):
    """A URI with a scheme."""

    checked_on_parsing: ClassVar[bool] = False

    type: Literal["URI"]
