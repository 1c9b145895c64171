"""A start of a flow as code: cURL and Python, for copying out of the run form."""

import json
import shlex
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from flask import request

from celeriac.core.inputs import AnyInput
from celeriac.web.dashboard.wanted import Wanted, label_pairs


def as_code(namespace: str, flow_id: str, wanted: Wanted, inputs: Sequence[AnyInput]) -> dict[str, str]:
    """{language: text}. Files and secrets, which the page cannot know, are placeholders."""
    query = [("labels", f"{key}:{value}") for key, value in label_pairs(wanted.labels, strict=False).items()]
    query += [("revision", str(wanted.revision))] if wanted.revision is not None else []
    query += [("scheduleDate", wanted.schedule)] if wanted.schedule else []
    url = f"{request.host_url}api/v1/main/executions/{namespace}/{flow_id}{'?' + urlencode(query) if query else ''}"
    secret = {one.id for one in inputs if one.secret}
    values = {key: "…" if key in secret else _text(value) for key, value in wanted.inputs.items()}
    files = [one.id for one in inputs if one.type == "FILE" and one.required]
    return {"cURL": _curl(url, values, files), "Python": _python(url, values, files)}


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _curl(url: str, values: Mapping[str, str], files: Sequence[str]) -> str:
    parts = ["curl" if values or files else "curl -X POST"]
    parts += [f"  --form-string {shlex.quote(f'{key}={value}')}" for key, value in values.items()]
    parts += [f"  -F {shlex.quote(f'{key}=@FILE')}" for key in files]
    return " \\\n".join([*parts, f"  {shlex.quote(url)}"])


def _python(url: str, values: Mapping[str, str], files: Sequence[str]) -> str:
    parts = [f"        {key!r}: (None, {value!r})," for key, value in values.items()]
    parts += [f"        {key!r}: open('FILE', 'rb')," for key in files]
    given = ["    files={", *parts, "    },"] if parts else []
    start = ["import requests", "", "answer = requests.post(", f"    {url!r},"]
    return "\n".join([*start, *given, ")", "answer.raise_for_status()", "print(answer.json()['id'])"])
