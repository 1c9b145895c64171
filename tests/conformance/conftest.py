"""The cases lie outside of the repository: without them there is nothing to run."""

from conformance.cases import FOLDER

collect_ignore = [] if FOLDER.is_dir() else ["test_conformance.py", "test_lifecycle.py"]
