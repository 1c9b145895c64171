"""Short ways to write flows for tests."""

import textwrap

LOG = "io.kestra.plugin.core.log.Log"
FAIL = "io.kestra.plugin.core.execution.Fail"
RETURN = "io.kestra.plugin.core.debug.Return"
SET = "io.kestra.plugin.core.kv.Set"
SHELL = "io.kestra.plugin.scripts.shell.Script"
SUBFLOW = "io.kestra.plugin.core.flow.Subflow"


def flow(body: str, flow_id: str = "flow") -> str:
    """A flow in namespace `tests` with this body (indented as it stands in the test)."""
    return f"id: {flow_id}\nnamespace: tests\n{textwrap.dedent(body)}"


def log(task_id: str, more: str = "") -> str:
    """A task that the engine runs itself."""
    return f"{{id: {task_id}, type: {LOG}, message: {task_id}{more and ', '}{more}}}"


def fail(task_id: str, more: str = "") -> str:
    """A task that the engine runs itself and that fails."""
    return f"{{id: {task_id}, type: {FAIL}{more and ', '}{more}}}"


def work(task_id: str, more: str = "") -> str:
    """A task that a worker runs."""
    return f"{{id: {task_id}, type: {SET}, key: '{task_id}', value: v{more and ', '}{more}}}"


def call(flow_id: str, more: str = "", task_id: str = "call") -> str:
    """A task that runs another flow of namespace `tests`."""
    return f"{{id: {task_id}, type: {SUBFLOW}, namespace: tests, flowId: {flow_id}{more and ', '}{more}}}"


def broken(task_id: str, more: str = "") -> str:
    """A task that fails on a worker."""
    return f"{{id: {task_id}, type: {SET}, key: k, value: '{{{{ nothing }}}}'{more and ', '}{more}}}"


def flaky(task_id: str, times: int, retry: str) -> str:
    """A task that fails `times` times on a worker, with a retry policy."""
    value = f'"{{{{ taskrun.attemptsCount < {times} ? nothing : 1 }}}}"'
    return f"{{id: {task_id}, type: {SET}, key: k, value: {value}, retry: {{{retry}}}}}"
