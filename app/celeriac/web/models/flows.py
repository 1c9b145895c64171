"""What is asked about flows and what is answered."""

from typing import Annotated, Any

from pydantic import Field, RootModel

from celeriac.web.models.shapes import Answer, Asked, Found, Paging, Revision


class LabelDocument(Answer):
    """A label."""

    key: str
    value: str


class FlowDocument(Answer):
    """A revision of a flow: what its YAML says as data, and what the server knows. source: when asked for."""

    id: str
    namespace: str
    revision: int
    description: str | None = None
    labels: list[LabelDocument]
    tasks: list[Any] = []
    disabled: bool
    draft: bool
    deleted: bool
    updated: str | None
    source: str | None = None


class FlowsFound(Found):
    """A page of flows."""

    results: list[FlowDocument]


class SearchFlows(Paging):
    """q: a part of `namespace.id` or of the description. namespace: with those below. labels: `key:value`.

    Kestra's `filters[field][OPERATION]` are read too: q, namespace and labels.
    """

    q: Annotated[str, Field(max_length=256)] = ""
    namespace: Annotated[str, Field(max_length=256)] = ""
    labels: list[str] = []


class SearchSources(Paging):
    """q: what the text of a flow must hold, in any case."""

    q: Annotated[str, Field(max_length=256)] = ""
    namespace: Annotated[str, Field(max_length=256)] = ""


class SourceMatch(Answer):
    """A matching line. line: from 1; start, end: in `text`, from 0."""

    line: int
    text: str
    start: int
    end: int


class SourceFound(Answer):
    """A flow whose text matches. fragments: the lines, the match between `[mark]` and `[/mark]`."""

    namespace: str
    id: str
    matches: list[SourceMatch]
    fragments: list[str]
    model: FlowDocument


class SourcesFound(Found):
    """A page of flows whose text matches."""

    results: list[SourceFound]
    total_capped: bool = False


class FindNamespaces(Asked):
    """q: a part of the name."""

    q: Annotated[str, Field(max_length=256)] = ""


class Names(RootModel[list[str]]):
    """Names, in order."""


class ReadFlow(Asked):
    """revision: None = the newest. allow_deleted: a removed flow is answered too."""

    source: bool = False
    revision: Revision | None = None
    allow_deleted: bool = False


class OneRevision(Asked):
    """revision: None = the newest."""

    revision: Revision | None = None


class UpdateFlow(Asked):
    """revision: the one that must still be the newest; the header `If-Match` says the same."""

    revision: Revision | None = None


class FlowGraphDocument(Answer):
    """Nodes and edges of a drawing of a flow."""

    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    clusters: list[dict[str, Any]]
    flowables: list[str]


class CanvasDocument(Answer):
    """The Celery canvases that a flow becomes, as lines of text; indentation is nesting."""

    lines: list[str]


class TaskDocument(Answer):
    """A task as its YAML says."""

    id: str
    type: str


class DiagnosticDocument(Answer):
    """Something to say about a place; lines and columns count from 1, the end is behind the last character."""

    line: int
    column: int
    end_line: int
    end_column: int
    severity: str
    code: str
    message: str
    path: str
    hint: str | None = None


class VerdictDocument(Answer):
    """What is to be said about one document of a YAML text. constraints: its errors as text, None = it is valid."""

    index: int
    namespace: str | None
    flow: str | None
    constraints: str | None
    outdated: bool
    warnings: list[str]
    infos: list[str]
    diagnostics: list[DiagnosticDocument]


class FlowKey(Asked):
    """Names a flow."""

    namespace: str
    id: str


class FlowKeys(RootModel[Annotated[list[FlowKey], Field(max_length=1000)]]):
    """Names flows, 1,000 at most."""


class SaveFlows(Asked):
    """namespace: where all flows of the body belong. delete: every other flow there is removed."""

    delete: bool = False
    namespace: str = ""
    allow_namespace_child: bool = False


class SyncNamespace(Asked):
    """delete: every other flow of the namespace is removed. override: the flows are put there, whatever they say."""

    delete: bool = False
    override: bool = False


class ImportFlows(Asked):
    """fail_on_error: False = what is invalid is passed over and answered by name, the rest is stored."""

    fail_on_error: bool = True
