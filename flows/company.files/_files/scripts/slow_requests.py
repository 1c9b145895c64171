"""Counts the requests of a log that took longer than LIMIT_MS."""

import os
import sys
from pathlib import Path

from kestra import Kestra

limit_ms = int(os.environ["LIMIT_MS"])
with Path(sys.argv[1]).open() as log:
    requests = [line.split() for line in log]
slow = [(int(took.removesuffix("ms")), f"{method} {path}") for _day, method, path, _status, took in requests]
slow = [request for request in slow if request[0] > limit_ms]
Kestra.outputs({"slow": len(slow), "slowest": max(slow)[1]})
