"""Outputs of executions and task runs."""

from typing import Any

from pydantic import RootModel

from celeriac.web.models.shapes import Answer


class OutputsDocument(RootModel[dict[str, Any]]):
    """{name: value}."""


class OutputPlace(Answer):
    """A task run that has outputs. inline: False = they are a file of their own, for they are large."""

    task_id: str
    task_run_id: str
    value: str | None
    iteration: int | None
    inline: bool
