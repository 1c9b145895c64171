"""The masker of an execution: it knows every secret that the execution has used."""

from celeriac.core.errors import SecretInvalid, SecretNotFound
from celeriac.core.execution import Execution
from celeriac.core.flow_index import FlowIndex
from celeriac.core.inputs import secret_values, with_secrets
from celeriac.storage.encryption import Encryption
from celeriac.storage.masking import Masker
from celeriac.storage.secrets import Secrets


def masker_of(execution: Execution, index: FlowIndex, secrets: Secrets, encryption: Encryption) -> Masker:
    """Hides the secrets read so far, as the execution's row names them, and its SECRET inputs."""
    masker = Masker()
    for name in execution.secrets or ():
        try:
            masker.add(secrets.get(name))
        except (SecretNotFound, SecretInvalid):
            continue
    inputs = index.flow.inputs
    masker.add(*secret_values(inputs, with_secrets(inputs, execution.inputs, encryption.decrypt)))
    return masker
