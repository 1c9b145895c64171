"""The bases of all models of the API: camelCase names, unknown ones ignored in requests and kept in answers."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

LARGEST_INTEGER = 2_147_483_647
LARGEST_PAGE = 1000

Revision = Annotated[int, Field(ge=1, le=LARGEST_INTEGER)]


class Asked(BaseModel):
    """Base of what is asked: queries, headers, JSON bodies."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class Answer(BaseModel):
    """Base of what is answered; an answer may hold more than its model says."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="allow")


class Paging(Asked):
    """Which part of a list. page: from 1. sort: `name:asc` or `name:desc`, the first counts most."""

    page: Annotated[int, Field(ge=1, le=LARGEST_INTEGER)] = 1
    size: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = 10
    sort: list[str] = []


class Found(Answer):
    """A part of a list and the number of all that was found. Subclasses say what `results` holds."""

    results: list[Any]
    total: int


class Count(Answer):
    """How many things an operation on many has dealt with."""

    count: int
