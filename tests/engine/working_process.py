"""A process that does, beside others, all jobs of the executions named: `python working_process.py HOME URL ID…`."""

import sys
from pathlib import Path

from hand_engine import hand_engine


def main(home: str, database_url: str, *execution_ids: str) -> None:
    """Says `ready`, waits for a line, then works until the executions are done."""
    with hand_engine(Path(home), database_url) as engine:
        print("ready", flush=True)
        sys.stdin.readline()
        while any(engine.execution(one).done_us is None for one in execution_ids):
            for execution_id in execution_ids:
                engine.app.advance(execution_id)
                for seq in range(1, 8):
                    engine.do(("execute", execution_id, seq, 1))


if __name__ == "__main__":
    main(*sys.argv[1:])
