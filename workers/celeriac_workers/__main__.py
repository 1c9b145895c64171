"""`python -m celeriac_workers ROLE`: one role in this process, configured by the environment alone."""

import sys

from celeriac_workers.roles import ROLES


def main() -> int:
    """Runs a role until it is told to end."""
    if len(sys.argv) != 2 or sys.argv[1] not in ROLES:
        print(f"usage: python -m celeriac_workers {'|'.join(ROLES)}", file=sys.stderr)  # noqa: T201 # the only talk
        return 2
    return ROLES[sys.argv[1]]()


if __name__ == "__main__":
    sys.exit(main())
