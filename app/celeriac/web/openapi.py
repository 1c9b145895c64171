"""The OpenAPI document, made of the same models that check each request.

    @blueprint.get("/flows/<namespace>/<flow_id>")
    @operation(FlowDocument)
    def read(namespace: str, flow_id: str, query: ReadFlow) -> Response: ...

A parameter named `query`, `json` or `headers` is what was sent, checked by the model of its annotation; anything wrong
is one 422 with every problem. `form` is documentation only: such a view reads its body itself. Answers are not checked
at run time; schemathesis compares them with the document in the tests.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from flask import current_app, request
from pydantic import BaseModel, ValidationError
from spectree import Response as Responses
from spectree import SpecTree
from spectree.plugins.flask_plugin import FlaskPlugin
from spectree.utils import get_multidict_items
from werkzeug.routing import Rule

from celeriac.web.errors import PROBLEM_TYPE, RequestInvalid
from celeriac.web.json_text import read_json
from celeriac.web.models.problem import ProblemDocument

View = TypeVar("View", bound=Callable[..., Any])
JSON_TYPE = "application/json"
YAML_TYPES = ("application/x-yaml", "application/yaml", "text/yaml", "text/plain", "application/x-www-form-urlencoded")
"""How flow files are sent: as YAML, or as `curl --data-binary` names every body."""
TENANT_PREFIX = "/api/v1/main"


@dataclass(frozen=True, slots=True)
class Body:
    """A request body that is neither JSON nor a form. schema: of its text or bytes."""

    content_types: tuple[str, ...] = YAML_TYPES
    schema: Mapping[str, Any] | None = None
    is_required: bool = True

    def document(self) -> dict[str, Any]:
        """The request body as OpenAPI describes it."""
        schema = dict(self.schema or {"type": "string"})
        return {"content": {one: {"schema": schema} for one in self.content_types}, "required": self.is_required}


@dataclass(frozen=True, slots=True)
class _Extra:
    """What spectree does not know of an operation."""

    status: int
    content_type: str
    has_model: bool
    body: Body | None


def operation(
    model: Any = None,
    *,
    status: int = 200,
    content_type: str = JSON_TYPE,
    body: Body | None = None,
    tag: str | None = None,
) -> Callable[[View], View]:
    """Checks requests by the view's annotations and describes the operation.

    model: of the answer, a pydantic model or `list[model]`; None = no JSON. content_type: of the answer. body: of the
    request, when it is raw. Every other answer is a problem document.
    """

    def decorate(view: View) -> View:
        room = view.__module__.rpartition(".")[2]
        checked = _api.validate(
            resp=Responses(**{f"HTTP_{status}": model}),
            tags=[tag or room],
            operation_id=f"{room}_{view.__name__}",
        )(view)
        checked.extra = _Extra(status, content_type, model is not None, body)
        return checked  # type: ignore[no-any-return] # spectree is not typed

    return decorate


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the present application."""
    spec: dict[str, Any] = _api.spec
    return spec


class _Backend(FlaskPlugin):
    """Raises RequestInvalid for what is wrong, and documents each operation once, without the tenant."""

    def find_routes(self) -> Iterator[Rule]:
        for rule in current_app.url_map.iter_rules():
            if hasattr(current_app.view_functions[rule.endpoint], "extra") and not rule.rule.startswith(TENANT_PREFIX):
                yield rule

    def validate(
        self, func: Callable[..., Any], query: Any, json: Any, form: Any, headers: Any, *rest: Any, **values: Any
    ) -> Any:
        problems: list[tuple[str, ValidationError]] = []
        for name, model, read in (
            ("query", query, lambda: _texts(get_multidict_items(request.args, query))),
            ("headers", headers, lambda: {key.lower(): text for key, text in request.headers.items()}),
            ("json", json, read_json),
        ):
            if model is not None:
                try:
                    values[name] = model.model_validate(read())
                except ValidationError as error:
                    problems.append((name, error))
        if problems:
            raise RequestInvalid.of(problems)
        return func(**values)


def _texts(sent: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter without a value counts as not sent."""
    return {name: value for name, value in sent.items() if value not in ("", [""])}


class _Document(SpecTree):
    """spectree's document, with what it does not know of each operation."""

    def _add_model(self, model: Any, mode: Any = "validation") -> str:
        """Raises: ValueError when another model has the same name."""
        before = self.models.get(self.naming_strategy(model))
        name: str = super()._add_model(model, mode)
        if before is not None and before != self.models[name]:
            raise ValueError(f"two models of the API are called {name}")
        return name

    def _generate_spec(self) -> dict[str, Any]:
        self._add_model(ProblemDocument, mode="serialization")
        spec: dict[str, Any] = super()._generate_spec()
        for rule in self.backend.find_routes():
            path, _ = self.backend.parse_path(rule, None)
            for method, view in self.backend.parse_func(rule):
                if described := spec["paths"].get(path, {}).get(method.lower()):
                    _complete(described, view.extra)
        return spec


def _complete(described: dict[str, Any], extra: _Extra) -> None:
    responses = described["responses"]
    responses.pop("422", None)
    responses["default"] = _problems()
    answer = responses[str(extra.status)]
    answer.setdefault("description", HTTPStatus(extra.status).phrase)
    if extra.content_type != JSON_TYPE:
        answer["content"] = {extra.content_type: {"schema": {"type": "string"}}}
    if extra.body is not None:
        described["requestBody"] = extra.body.document()


def _problems() -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}
    return {"description": "A problem (RFC 9457)", "content": {PROBLEM_TYPE: {"schema": reference}}}


def _name(model: type[BaseModel]) -> str:
    return model.__name__


_api = _Document(
    backend=_Backend,
    annotations=True,
    title="Celeriac",
    version="1",
    naming_strategy=_name,
    nested_naming_strategy=lambda parent, child: child,
    validation_error_model=ProblemDocument,
    page_templates={},
)
