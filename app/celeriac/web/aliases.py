"""Further addresses of operations, as other versions of Kestra have them: they work, the document leaves them out."""

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint


def alias(blueprint: Blueprint, method: str, path: str, view: Callable[..., Any]) -> None:
    """Lets `path` do what `view` does."""

    def same(**values: Any) -> Any:
        return view(**values)

    name = re.sub(r"\W+", "_", f"{view.__name__} {method} {path}")
    blueprint.add_url_rule(path, name, same, methods=[method])
