"""`python -m celeriac_workers ROLE`: one role in this process, configured by the environment alone."""

import sys

from celeriac.services.preparation import NotReady
from celeriac_workers.roles import ROLES


def main() -> int:
    """Runs a role until it is told to end."""
    if len(sys.argv) != 2 or sys.argv[1] not in ROLES:
        _say(f"usage: python -m celeriac_workers {'|'.join(ROLES)}")
        return 2
    try:
        return ROLES[sys.argv[1]]()
    except NotReady as error:
        _say(f"celeriac: {error}")
        return 1


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201 # before there are logs


if __name__ == "__main__":
    sys.exit(main())
