"""Inputs: what a flow asks for. Declarations (pydantic), the typing of given values, and their resolution."""

from typing import Annotated

from pydantic import Field

from celeriac.core.inputs.choices import MultiselectInput, SelectInput
from celeriac.core.inputs.coerce import coerce
from celeriac.core.inputs.declared import clashing_paths
from celeriac.core.inputs.documents import ArrayInput, FileInput, JsonInput, YamlInput
from celeriac.core.inputs.model import DependsOn, Input
from celeriac.core.inputs.numbers import BoolInput, FloatInput, IntInput
from celeriac.core.inputs.resolve import Resolved, ResolvedInput, resolve
from celeriac.core.inputs.text import EmailInput, SecretInput, StringInput, UriInput
from celeriac.core.inputs.times import DateInput, DatetimeInput, DurationInput, TimeInput
from celeriac.core.inputs.values import MASK, as_variables, masked, secret_ids, secret_values, with_secrets

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

__all__ = [
    "MASK",
    "AnyInput",
    "DependsOn",
    "FileInput",
    "Input",
    "Resolved",
    "ResolvedInput",
    "as_variables",
    "clashing_paths",
    "coerce",
    "masked",
    "resolve",
    "secret_ids",
    "secret_values",
    "with_secrets",
]
