"""Secrets from the environment: `SECRET_<NAME>` holds the base64 form of a value. Read only."""

import base64
import binascii
import json
from collections.abc import Mapping

from celeriac.core.errors import SecretInvalid, SecretNotFound

PREFIX = "SECRET_"


class Secrets:
    """Looks secrets up by name, in any case. Source: Kestra's open-source secrets."""

    def __init__(self, encoded: Mapping[str, str]) -> None:
        """encoded: {name without SECRET_: base64 text}. Nothing is decoded yet."""
        self._encoded = {name.upper(): value for name, value in encoded.items()}

    def names(self) -> frozenset[str]:
        """The names, upper case, without SECRET_."""
        return frozenset(self._encoded)

    def get(self, name: str, subkey: str | None = None) -> str:
        """The value of a secret, or of one field of a secret that is a JSON object.

        Raises: SecretNotFound, SecretInvalid.
        """
        encoded = self._encoded.get(name.upper())
        if encoded is None:
            raise SecretNotFound(
                f"Cannot find secret for key '{name}': set the environment variable {PREFIX}{name.upper()} "
                "to the base64 form of its value"
            )
        value = _decoded(name, encoded)
        return value if subkey is None else _field(name, value, subkey)


def _decoded(name: str, encoded: str) -> str:
    variable = f"{PREFIX}{name.upper()}"
    try:
        return base64.b64decode("".join(encoded.split()), validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise SecretInvalid(
            f"The environment variable {variable} does not hold the base64 form of a text. "
            f"Set it so: {variable}=$(printf %s 'the value' | base64 -w0)"
        ) from error


def _field(name: str, value: str, subkey: str) -> str:
    try:
        fields = json.loads(value)
    except ValueError as error:
        raise SecretInvalid(f"Secret '{name}' is no JSON object, so it has no subkey '{subkey}'") from error
    if not isinstance(fields, dict) or subkey not in fields:
        raise SecretNotFound(f"Cannot find subkey '{subkey}' in secret '{name}'")
    found = fields[subkey]
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
