"""Passwords as argon2 hashes; takes as long for a user that does not exist as for a wrong password."""

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
"""Each verification takes 64 MiB: a flood of logins waits instead of filling the memory."""
REMEMBERED_S = 600.0
"""How long a right password need not be computed anew, from its last use on."""
MOST_REMEMBERED = 1000


class Passwords:
    """Hashes and verifies. Safe to use from many threads."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """hasher: None = the parameters that argon2-cffi recommends at present (RFC 9106, low memory)."""
        self._hasher = hasher or PasswordHasher()
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._recent = _Recent()

    def hash(self, password: str) -> str:
        """What is stored of a password."""
        with self._turns:
            return self._hasher.hash(password)

    def verify(self, password: str, stored: str | None) -> bool:
        """True when the password is right. stored: None = there is no such user, which takes as long."""
        try:
            with self._turns:
                self._hasher.verify(stored or self._nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
        if stored is None:
            return False
        self._recent.add(password, stored)
        return True

    def was_right(self, password: str, stored: str) -> bool:
        """True when the password was right for this hash within the last minutes; costs next to nothing."""
        return self._recent.has(password, stored)

    def is_outdated(self, stored: str) -> bool:
        """True when the hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe(16))


class _Recent:
    """Keyed hashes of (password, stored hash) that were right a moment ago; a new password is another stored hash."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._until: OrderedDict[bytes, float] = OrderedDict()
        self._lock = threading.Lock()

    def has(self, password: str, stored: str) -> bool:
        digest = self._digest(password, stored)
        with self._lock:
            if self._until.get(digest, 0.0) < time.monotonic():
                return False
            self._keep(digest)
            return True

    def add(self, password: str, stored: str) -> None:
        digest = self._digest(password, stored)
        with self._lock:
            self._keep(digest)
            while len(self._until) > MOST_REMEMBERED:
                self._until.popitem(last=False)

    def _keep(self, digest: bytes) -> None:
        self._until[digest] = time.monotonic() + REMEMBERED_S
        self._until.move_to_end(digest)

    def _digest(self, password: str, stored: str) -> bytes:
        return hmac.digest(self._key, f"{stored}\0{password}".encode(), hashlib.sha256)
