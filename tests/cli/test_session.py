"""A cell at work: its roles are forked from a process that has only imported."""

import subprocess
import sys

CODE = """
import os, threading
from celeriac.cli.application import import_application
from celeriac.settings import Settings
import_application(Settings.from_environ({}), ("celeriac_workers.preload", "celeriac.web"))
print(threading.active_count(), len(os.listdir('/proc/self/task')))
"""


def test_importing_the_application_starts_no_thread_that_a_fork_would_lose() -> None:
    result = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=60)

    assert result.stdout == "1 1\n"
