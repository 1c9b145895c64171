import base64
import gzip
import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Callable, Iterator
from typing import Any

import docker
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from celeriac.core.errors import RunnerFailed
from celeriac.core.runner import RunResult

pytestmark = pytest.mark.docker
Run = Callable[..., RunResult]
USER, PASSWORD = "ada", "secret"


class Registry:
    """A registry that holds one image and asks for a password; `asked` counts the questions for its manifest."""

    def __init__(self, server: HTTPServer, files: bytes) -> None:
        layer = gzip.compress(files)
        history = {"rootfs": {"type": "layers", "diff_ids": [digest(files)]}, "config": {"Env": ["FROM=registry"]}}
        config = json.dumps({"architecture": "amd64", "os": "linux", **history}).encode()
        kind = "application/vnd.docker.distribution.manifest.v2+json"
        self._blobs = {digest(content): content for content in (layer, config)}
        self._manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": kind,
                "config": {"mediaType": "application/vnd.docker.container.image.v1+json", **described(config)},
                "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", **described(layer)}],
            }
        ).encode()
        self._kind = kind
        self.asked = 0
        self.image = f"127.0.0.1:{server.port}/test-{os.urandom(4).hex()}:1"
        server.expect_request(re.compile("/v2/.*")).respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {token}":
            return Response("{}", 401, {"WWW-Authenticate": 'Basic realm="test"'})
        if "/manifests/" in request.path:
            self.asked += 1
            return Response(
                self._manifest, 200, {"Content-Type": self._kind, "Docker-Content-Digest": digest(self._manifest)}
            )
        content = self._blobs.get(request.path.rpartition("/")[2], b"{}")
        return Response(content, 200, {"Content-Type": "application/octet-stream"})


def digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def described(content: bytes) -> dict[str, Any]:
    return {"size": len(content), "digest": digest(content)}


@pytest.fixture
def registry(docker_client: docker.APIClient, httpserver: HTTPServer) -> Iterator[Registry]:
    files = io.BytesIO()
    with tarfile.open(fileobj=files, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("empty"))
    registry = Registry(httpserver, files.getvalue())
    yield registry
    if docker_client.images(registry.image):
        docker_client.remove_image(registry.image, force=True)


def login(**more: Any) -> dict[str, Any]:
    return {"credentials": {"username": USER, "password": PASSWORD}, **more}


def pull(run_docker: Run, registry: Registry, properties: dict[str, Any]) -> None:
    """Runs the image, which holds no program: it was pulled when the failure is that of the start."""
    with pytest.raises(RunnerFailed, match="The container cannot be started"):
        run_docker("/program", image=registry.image, properties=properties)


def test_an_image_is_pulled_with_the_credentials_of_the_task_runner(
    run_docker: Run, registry: Registry, attempt: Any
) -> None:
    pull(run_docker, registry, login())

    assert registry.asked > 0
    assert attempt.notices[0] == ("INFO", f"Pulling the image {registry.image}")
    assert attempt.notices[1][1].startswith(f"Pulled the image {registry.image} in ")


def test_an_image_is_pulled_with_the_docker_config_of_the_task_runner(run_docker: Run, registry: Registry) -> None:
    auth = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    config = {"auths": {registry.image.partition("/")[0]: {"auth": auth}}}

    pull(run_docker, registry, {"config": json.dumps(config)})

    assert registry.asked > 0


@pytest.mark.parametrize(("policy", "again"), [("IF_NOT_PRESENT", False), ("ALWAYS", True)])
def test_the_pull_policy_says_whether_the_registry_is_asked_again(
    run_docker: Run, registry: Registry, policy: str, again: bool
) -> None:
    pull(run_docker, registry, login(pullPolicy=policy))
    asked = registry.asked
    pull(run_docker, registry, login(pullPolicy=policy))

    assert asked > 0
    assert (registry.asked > asked) == again


def test_an_image_that_needs_a_login_says_so(run_docker: Run, registry: Registry) -> None:
    with pytest.raises(RunnerFailed, match=r"cannot be pulled from the registry.*`docker login`.*`credentials`"):
        run_docker("/program", image=registry.image)
