"""Processor time and peak memory of a container: written down inside it, as its last act, and fetched from there.

The engine tells nothing about a container that has ended, and its live figures come once a second (measured: a request
blocks up to 1 s), so a script of half a second would have none.
"""

from dataclasses import dataclass

import docker

from celeriac_workers.runners.docker_files import TOOLS, read_file

WRAPPER = ("/bin/sh", str(TOOLS / "run"))
"""Entry point that runs a command and then writes down what it used."""
NOTES = TOOLS / "usage"
SCRIPT = f"""exec 4>&2 2>/dev/null
(exec "$@" 2>&4 4>&-)
code=$?
for file in memory.peak memory/memory.max_usage_in_bytes cpu.stat cpuacct/cpuacct.usage
do [ -r /sys/fs/cgroup/$file ] && read -r first second </sys/fs/cgroup/$file && echo "$file $first $second"
done >{NOTES} 2>/dev/null
exit $code
""".encode()
_SECONDS = {"cpu.stat": 1e-6, "cpuacct/cpuacct.usage": 1e-9}


@dataclass(frozen=True, slots=True)
class Usage:
    """What a container used; None = it did not write it down."""

    cpu_s: float | None = None
    peak_memory_bytes: int | None = None


def read_usage(client: docker.APIClient, container: str) -> Usage:
    """The notes of a container that has ended."""
    cpu_s: float | None = None
    peak_memory_bytes: int | None = None
    for line in read_file(client, container, str(NOTES)).decode(errors="replace").splitlines():
        name, *words = line.split()
        if not words or not words[-1].isdecimal():
            continue
        if name in _SECONDS:
            cpu_s = int(words[-1]) * _SECONDS[name]
        elif name.startswith("memory"):
            peak_memory_bytes = int(words[-1])
    return Usage(cpu_s, peak_memory_bytes)
