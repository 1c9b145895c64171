"""Encryption of what must not lie in the database in clear: SECRET inputs. Fernet, newest key first."""

import hashlib
import hmac
import os
from pathlib import Path
from typing import Any

from celeriac.core.errors import SecretInvalid

_TYPE = "celeriac:encrypted"


class Encryption:
    """Encrypts text with the first key, decrypts with any. keys: Fernet keys, separated by commas."""

    def __init__(self, keys: str) -> None:
        from cryptography.fernet import Fernet, MultiFernet

        self._keys = [key.strip() for key in keys.split(",") if key.strip()]
        try:
            self._box = MultiFernet([Fernet(key) for key in self._keys])
        except ValueError as error:
            raise SecretInvalid(
                "CELERIAC_SECRET_KEY is no Fernet key: make one with "
                "`python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'`"
            ) from error

    def derived(self, purpose: str) -> tuple[bytes, ...]:
        """A key for something else, such as signing, out of each key; newest first."""
        return tuple(hmac.digest(key.encode(), purpose.encode(), hashlib.sha256) for key in self._keys)

    def encrypt(self, text: Any) -> dict[str, str]:
        """The stored form of a secret text."""
        return {"type": _TYPE, "value": self._box.encrypt(str(text).encode()).decode()}

    def decrypt(self, stored: Any) -> Any:
        """The text; what is not encrypted stays as it is. Raises: SecretInvalid when the key is not the right one."""
        if not isinstance(stored, dict) or stored.get("type") != _TYPE:
            return stored
        from cryptography.fernet import InvalidToken

        try:
            return self._box.decrypt(stored["value"].encode()).decode()
        except InvalidToken as error:
            raise SecretInvalid("A stored secret cannot be decrypted: CELERIAC_SECRET_KEY has changed") from error


def key_in(home: Path) -> str:
    """The key of an installation that was given none: made once, kept in a file that only its owner reads."""
    from cryptography.fernet import Fernet

    path = home / "secret.key"
    while True:
        if path.exists() and (key := path.read_text().strip()):
            return key
        home.mkdir(parents=True, exist_ok=True)
        new = home / f"secret.key.{os.getpid()}"
        new.touch(mode=0o600)
        new.write_text(Fernet.generate_key().decode())
        try:
            os.link(new, path)
        except FileExistsError:
            continue
        finally:
            new.unlink()
