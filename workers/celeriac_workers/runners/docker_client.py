"""The connection to an engine, and its errors in the words of the task."""

from collections.abc import Iterator
from contextlib import contextmanager

import docker
import requests
from docker.errors import APIError, DockerException
from docker.tls import TLSConfig

from celeriac.core.errors import RunnerFailed
from celeriac_workers.runners.engine import Engine

_TIMEOUT_S = 60
_AGREED: str = "auto"


def connect(engine: Engine) -> docker.APIClient:
    """A client of its own for one run. Raises: RunnerFailed."""
    with engine_errors(engine.host):
        return docker.APIClient(
            base_url=engine.host,
            version=_AGREED,
            timeout=_TIMEOUT_S,
            tls=_tls(engine),
            use_ssh_client=engine.host.startswith("ssh://"),
        )


@contextmanager
def engine_errors(host: str) -> Iterator[None]:
    """Turns what the client raises into RunnerFailed."""
    try:
        yield
    except APIError as error:
        raise RunnerFailed(f"The container engine at {host} refused: {error.explanation or error}") from error
    except (DockerException, requests.exceptions.RequestException, ConnectionError, TimeoutError) as error:
        raise RunnerFailed(
            f"The container engine at {host} does not answer any more: {error}. "
            "What it has started is removed by the worker once it is back."
        ) from error


def _tls(engine: Engine) -> TLSConfig | bool:
    folder = engine.certificates
    if folder is None:
        return engine.host.startswith("https://")
    return TLSConfig(
        client_cert=(str(folder / "cert.pem"), str(folder / "key.pem")),
        ca_cert=str(folder / "ca.pem") if (folder / "ca.pem").exists() else None,
        verify=engine.verify,
    )
