"""The flows that are measured, as YAML."""

from collections.abc import Iterable

NAMESPACE = "bench"
PROCESS = "{type: io.kestra.plugin.core.runner.Process}"


def returns(count: int) -> str:
    """Return tasks in sequence."""
    return _flow(f"returns-{count}", _many(count, 'type: io.kestra.plugin.core.debug.Return, format: "x"'))


def logs(count: int) -> str:
    """Log tasks in sequence."""
    return _flow(f"logs-{count}", _many(count, "type: io.kestra.plugin.core.log.Log, message: hello"))


def scripts(count: int) -> str:
    """Shell scripts that do nothing, in sequence."""
    kind = f'type: io.kestra.plugin.scripts.shell.Script, script: ":", taskRunner: {PROCESS}'
    return _flow(f"scripts-{count}", _many(count, kind))


def loop(count: int) -> str:
    """A Log for each of so many values, all of them free to run at once."""
    each = (
        "  - id: each\n"
        "    type: io.kestra.plugin.core.flow.ForEach\n"
        "    concurrencyLimit: 0\n"
        f'    values: "{{{{ range(1, {count}) }}}}"\n'
        "    tasks:\n"
        '      - {id: log, type: io.kestra.plugin.core.log.Log, message: "{{ taskrun.value }}"}'
    )
    return _flow(f"loop-{count}", [each])


def _many(count: int, properties: str) -> Iterable[str]:
    return (f"  - {{id: t{number}, {properties}}}" for number in range(count))


def _flow(flow_id: str, tasks: Iterable[str]) -> str:
    return "\n".join((f"id: {flow_id}", f"namespace: {NAMESPACE}", "tasks:", *tasks)) + "\n"
