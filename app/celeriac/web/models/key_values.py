"""What is asked about the KV store and what is answered."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, RootModel, WithJsonSchema

from celeriac.core.dates import parse_duration
from celeriac.web.models.shapes import Answer, Asked, Found, Paging


def _duration(value: Any) -> Any:
    try:
        return parse_duration(value)
    except OverflowError as error:
        raise ValueError("a duration of at most 1,000 years") from error


class KeyHeaders(Asked):
    """ttl: how long the key lives, as ISO 8601 text such as PT5M or in seconds; None = until it is removed."""

    model_config = ConfigDict(alias_generator=None, extra="ignore")

    ttl: (
        Annotated[timedelta, BeforeValidator(_duration), WithJsonSchema({"type": "string", "examples": ["PT5M"]})]
        | None
    ) = None
    description: Annotated[str, Field(max_length=10_000)] | None = None


class SearchKeys(Paging):
    """q: a part of the key. namespace: exactly this one. Kestra's filters q and namespace are read too."""

    q: Annotated[str, Field(max_length=256)] = ""
    namespace: Annotated[str, Field(max_length=256)] = ""


class KeyDocument(Answer):
    """A key of the KV store. revision: counts the changes from 1."""

    namespace: str
    key: str
    type: str
    description: str | None
    revision: int
    update_date: str
    expiration_date: str | None


class KeysFound(Found):
    """A page of keys."""

    results: list[KeyDocument]


class ValueDocument(Answer):
    """A value with its type: STRING, NUMBER, BOOLEAN, DATETIME, DATE, DURATION or JSON."""

    type: str
    value: Any
    revision: int
    updated: str


class Keys(Asked):
    """Names of keys."""

    keys: Annotated[list[str], Field(max_length=1000)]


class KeysGone(Answer):
    """The keys that were removed."""

    keys: list[str]


class WasThere(RootModel[bool]):
    """Whether there was something to remove."""
