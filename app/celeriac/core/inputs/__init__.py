"""Inputs: what a flow asks for. Declarations (pydantic), the typing of given values, and their resolution."""

from typing import Annotated

from pydantic import Field

from celeriac.core.inputs.choices import MultiselectInput, SelectInput
from celeriac.core.inputs.coerce import coerce
from celeriac.core.inputs.documents import ArrayInput, FileInput, JsonInput, YamlInput
from celeriac.core.inputs.model import DependsOn, Input
from celeriac.core.inputs.numbers import BoolInput, FloatInput, IntInput
from celeriac.core.inputs.text import EmailInput, SecretInput, StringInput, UriInput
from celeriac.core.inputs.times import DateInput, DatetimeInput, DurationInput, TimeInput

AnyInput = Annotated[
    StringInput
    | SelectInput
    | MultiselectInput
    | IntInput
    | FloatInput
    | BoolInput
    | DatetimeInput
    | DateInput
    | TimeInput
    | DurationInput
    | FileInput
    | JsonInput
    | YamlInput
    | UriInput
    | SecretInput
    | ArrayInput
    | EmailInput,
    Field(discriminator="type"),
]

__all__ = ["AnyInput", "DependsOn", "Input", "coerce"]
