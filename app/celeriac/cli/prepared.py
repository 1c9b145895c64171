"""What `celeriac.cli.preparing` found, for the supervisor: a file in the folder of the cell."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from celeriac.settings import Settings

WITHOUT_EXAMPLES = "--no-examples"
_FILE = "prepared.json"


@dataclass(frozen=True, slots=True)
class Prepared:
    """has_users: somebody must log in."""

    has_users: bool

    def write(self, settings: Settings) -> None:
        """Leaves it to the supervisor."""
        _path(settings).write_text(json.dumps(asdict(self)))

    @staticmethod
    def read(settings: Settings) -> "Prepared":
        """What was left."""
        return Prepared(**json.loads(_path(settings).read_text()))


def _path(settings: Settings) -> Path:
    return settings.cell_dir / _FILE
