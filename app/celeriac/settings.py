"""What can be configured, as one frozen value: the only reader of the environment.

Knows names of variables and their defaults; opens nothing and creates nothing.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_SECRET = "SECRET_"
_ENVS = ("KESTRA_", "ENV_")
LASTING = "lasting"
"""A file in the folder of a cell that another command will go on with; others end with their command."""
_AMQP = ("amqp", "amqps", "pyamqp")
_REDIS = ("redis", "rediss")
_POSTGRESQL = ("postgresql", "postgresql+psycopg", "postgres")
_BUCKETS = ("s3", "gs", "az", "s3a", "adl", "azure", "abfs", "abfss")
_SCHEMES = {
    "CELERIAC_DATABASE_URL": ("sqlite", *_POSTGRESQL),
    "CELERIAC_BROKER_URL": (*_REDIS, *_AMQP),
    "CELERIAC_REDIS_URL": _REDIS,
    "CELERIAC_AMQP_URL": _AMQP,
    "CELERIAC_STORAGE_URL": ("file", *_BUCKETS, "memory"),
    "CELERIAC_FLOWER_URL": ("http",),
}
"""{variable: how its URL may begin}"""
_RUNNERS = ("", "docker", "process")


class SettingsInvalid(ValueError):
    """A variable of the environment has a value that cannot be used; the message names both."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a process of Celeriac must be told.

    home: folder of all local state. cell: which broker owns the executions started here; each `celeriac run` is a cell
    of its own in a database that it shares. broker_url: empty = none configured, `run` and `server` start their own.
    amqp_url: RabbitMQ on which producers ask for executions, empty = none.
    secret_key: Fernet keys for SECRET inputs, newest first, separated by commas; empty = one is made in `home`.
    files: folder with the namespace files, None = only those in storage. runner: the task runner for tasks that name
    none, empty = Docker when an engine answers, else Process. runner_override: the task runner of every task, empty =
    as the flow says. secrets: {NAME: base64 text}, without the prefix. raw_envs: the variables that `envs` comes from.
    log_cap_bytes: stored log text per task run. worker_slots: task runs a worker runs at once, 0 = by processors.
    proxies: how many proxies stand in front of the web role, whose X-Forwarded-* headers are believed.
    admin_email, admin_password: the first administrator, made when there is no user. flower_url: where Flower listens
    and where the web finds it, with the user and password of its own (`http://user:password@host:port`), empty = none.
    alive_file: is touched by a role each ten seconds while it lives, for health checks of containers, None = no file.
    """

    home: Path
    cell: str = "main"
    database_url: str = field(default="", repr=False)
    broker_url: str = field(default="", repr=False)
    redis_url: str = field(default="", repr=False)
    amqp_url: str = field(default="", repr=False)
    storage_url: str = field(default="", repr=False)
    files: Path | None = None
    secret_key: str = field(default="", repr=False)
    runner: str = ""
    runner_override: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    raw_envs: Mapping[str, str] = field(default_factory=dict, repr=False)
    globals: Mapping[str, Any] = field(default_factory=dict)
    log_cap_bytes: int = 50_000_000
    worker_slots: int = 0
    web_host: str = "127.0.0.1"
    web_port: int = 8080
    proxies: int = 0
    admin_email: str = ""
    admin_password: str = field(default="", repr=False)
    flower_url: str = field(default="", repr=False)
    alive_file: Path | None = None

    @staticmethod
    def from_environ(environ: Mapping[str, str]) -> "Settings":
        """The settings that these variables mean. Raises: SettingsInvalid."""
        home = Path(environ.get("CELERIAC_HOME") or ".celeriac").absolute()
        broker_url = _url(environ, "CELERIAC_BROKER_URL")
        is_amqp = broker_url.startswith(_AMQP)
        files = environ.get("CELERIAC_FILES")
        alive_file = environ.get("CELERIAC_ALIVE_FILE")
        return Settings(
            home=home,
            cell=environ.get("CELERIAC_CELL") or "main",
            database_url=_url(environ, "CELERIAC_DATABASE_URL") or f"sqlite:///{home / 'celeriac.db'}",
            broker_url=broker_url,
            redis_url=_url(environ, "CELERIAC_REDIS_URL") or ("" if is_amqp else broker_url),
            amqp_url=_url(environ, "CELERIAC_AMQP_URL") or (broker_url if is_amqp else ""),
            storage_url=_url(environ, "CELERIAC_STORAGE_URL") or (home / "storage").as_uri(),
            secret_key=environ.get("CELERIAC_SECRET_KEY", ""),
            files=Path(files).absolute() if files else None,
            runner=_runner(environ, "CELERIAC_RUNNER"),
            runner_override=_runner(environ, "CELERIAC_RUNNER_OVERRIDE"),
            secrets={key.removeprefix(_SECRET): text for key, text in environ.items() if key.startswith(_SECRET)},
            raw_envs={key: text for key, text in environ.items() if key.startswith(_ENVS)},
            globals=_mapping(environ, "CELERIAC_GLOBALS"),
            log_cap_bytes=_number(environ, "CELERIAC_LOG_CAP_BYTES", 50_000_000),
            worker_slots=_number(environ, "CELERIAC_WORKER_SLOTS", 0),
            web_host=environ.get("CELERIAC_WEB_HOST") or "127.0.0.1",
            web_port=_number(environ, "CELERIAC_WEB_PORT", 8080),
            proxies=_number(environ, "CELERIAC_PROXIES", 0),
            admin_email=environ.get("CELERIAC_ADMIN_EMAIL", ""),
            admin_password=environ.get("CELERIAC_ADMIN_PASSWORD", ""),
            flower_url=_url(environ, "CELERIAC_FLOWER_URL"),
            alive_file=Path(alive_file).absolute() if alive_file else None,
        )

    @property
    def envs(self) -> dict[str, str]:
        """What `{{ envs.x }}` finds: ENV_X and KESTRA_X, the former wins."""
        found: dict[str, str] = {}
        for prefix in _ENVS:
            found |= {
                key.removeprefix(prefix).lower(): text for key, text in self.raw_envs.items() if key.startswith(prefix)
            }
        return found

    @property
    def cell_dir(self) -> Path:
        """What belongs to the running cell alone: lock, broker data. Removed when it ends."""
        return self.home / "run" / self.cell

    @property
    def is_lasting(self) -> bool:
        """True when the cell outlives the command that has started it."""
        return not self.cell_dir.exists() or (self.cell_dir / LASTING).exists()

    @property
    def tmp_dir(self) -> Path:
        """Working directories of the cell's task runs. Removed when it ends."""
        return self.home / "tmp" / self.cell

    @property
    def instance(self) -> str:
        """Marks what this installation starts elsewhere, such as containers: the same for all who share a database."""
        return hashlib.blake2b(self.database_url.encode(), digest_size=8).hexdigest()

    @property
    def logs_dir(self) -> Path:
        """Where the roles write their own logs."""
        return self.home / "logs"

    def environ(self) -> dict[str, str]:
        """The variables from which `from_environ` makes these settings again, for a child process."""
        own = {
            "CELERIAC_HOME": str(self.home),
            "CELERIAC_CELL": self.cell,
            "CELERIAC_DATABASE_URL": self.database_url,
            "CELERIAC_BROKER_URL": self.broker_url,
            "CELERIAC_REDIS_URL": self.redis_url,
            "CELERIAC_AMQP_URL": self.amqp_url,
            "CELERIAC_STORAGE_URL": self.storage_url,
            "CELERIAC_SECRET_KEY": self.secret_key,
            "CELERIAC_FILES": str(self.files) if self.files else "",
            "CELERIAC_RUNNER": self.runner,
            "CELERIAC_RUNNER_OVERRIDE": self.runner_override,
            "CELERIAC_GLOBALS": json.dumps(dict(self.globals)),
            "CELERIAC_LOG_CAP_BYTES": str(self.log_cap_bytes),
            "CELERIAC_WORKER_SLOTS": str(self.worker_slots),
            "CELERIAC_WEB_HOST": self.web_host,
            "CELERIAC_WEB_PORT": str(self.web_port),
            "CELERIAC_PROXIES": str(self.proxies),
            "CELERIAC_ADMIN_EMAIL": self.admin_email,
            "CELERIAC_ADMIN_PASSWORD": self.admin_password,
            "CELERIAC_FLOWER_URL": self.flower_url,
            "CELERIAC_ALIVE_FILE": str(self.alive_file) if self.alive_file else "",
        }
        return own | dict(self.raw_envs) | {_SECRET + name: text for name, text in self.secrets.items()}


def process_settings() -> Settings:
    """The settings of this process. Raises: SettingsInvalid."""
    return Settings.from_environ(os.environ)


def process_environ() -> dict[str, str]:
    """A copy of the environment of this process, for a child process or a look at PATH and DOCKER_HOST."""
    return dict(os.environ)


def _runner(environ: Mapping[str, str], name: str) -> str:
    runner = environ.get(name, "").strip().lower()
    if runner not in _RUNNERS:
        raise SettingsInvalid(f"{name}={environ[name]}: must be docker or process")
    return runner


def _url(environ: Mapping[str, str], name: str) -> str:
    """Its text is not repeated in what is raised, for it may hold a password."""
    text = environ.get(name, "").strip()
    scheme, _, rest = text.partition("://")
    if text and (scheme not in _SCHEMES[name] or not rest):
        raise SettingsInvalid(f"{name}: must be a URL that begins with {'://, '.join(_SCHEMES[name])}://")
    try:
        _ = urlsplit(text).port
    except ValueError as error:
        raise SettingsInvalid(f"{name}: {error}".split(" cast ")[0]) from error
    return text.replace("postgres://", "postgresql://", 1) if scheme == "postgres" else text


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal():
        raise SettingsInvalid(f"{name}={text}: must be a whole number, 0 or more")
    return int(text)


def _mapping(environ: Mapping[str, str], name: str) -> dict[str, Any]:
    text = environ.get(name, "").strip()
    try:
        value = json.loads(text or "{}")
    except ValueError as error:
        raise SettingsInvalid(f"{name}: must be a JSON object: {error}") from error
    if not isinstance(value, dict):
        raise SettingsInvalid(f"{name}: must be a JSON object")
    return value
