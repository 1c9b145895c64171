"""The masker of an execution: it knows every secret that the execution has used, and those it was called with."""

from collections.abc import Callable

from celeriac.core.errors import SecretInvalid, SecretNotFound
from celeriac.core.execution import INPUTS_OF, Execution
from celeriac.core.flow_index import FlowIndex
from celeriac.core.inputs import secret_values, with_secrets
from celeriac.services.flows import Flows
from celeriac.storage.encryption import Encryption
from celeriac.storage.masking import Masker
from celeriac.storage.secrets import Secrets


class Maskers:
    """Makes maskers. find: the execution with an id, None when there is none."""

    def __init__(
        self, find: Callable[[str], Execution | None], flows: Flows, secrets: Secrets, encryption: Encryption
    ) -> None:
        self._find = find
        self._flows = flows
        self._secrets = secrets
        self._encryption = encryption

    def of(self, execution: Execution, index: FlowIndex) -> Masker:
        """Hides the secrets read so far, as the rows name them, and the SECRET inputs: its own and its parents'."""
        masker = Masker()
        self._add(masker, execution, index)
        while execution.parent_id is not None and (parent := self._find(execution.parent_id)) is not None:
            execution = parent
            index = self._flows.index(execution.namespace, execution.flow_id, execution.flow_revision)
            self._add(masker, execution, index)
        return masker

    def _add(self, masker: Masker, execution: Execution, index: FlowIndex) -> None:
        self._add_inputs(masker, execution, index)
        for name in execution.secrets or ():
            if name.startswith(INPUTS_OF):
                self._add_inputs_of(masker, name.removeprefix(INPUTS_OF), execution)
                continue
            try:
                masker.add(self._secrets.get(name))
            except (SecretNotFound, SecretInvalid):
                continue

    def _add_inputs_of(self, masker: Masker, execution_id: str, known: Execution) -> None:
        """What a subflow was given as SECRET, and may have given back."""
        if execution_id == known.id or (other := self._find(execution_id)) is None:
            return
        index = self._flows.index(other.namespace, other.flow_id, other.flow_revision)
        self._add_inputs(masker, other, index)

    def _add_inputs(self, masker: Masker, execution: Execution, index: FlowIndex) -> None:
        inputs = index.flow.inputs
        masker.add(*secret_values(inputs, with_secrets(inputs, execution.inputs, self._encryption.decrypt)))
