"""The masker of an execution: it knows every secret that the execution has used."""

from celeriac.core.errors import SecretNotFound
from celeriac.core.execution import Execution
from celeriac.core.flow_index import FlowIndex
from celeriac.core.inputs import secret_ids
from celeriac.storage.masking import Masker
from celeriac.storage.secrets import Secrets


def masker_of(execution: Execution, index: FlowIndex, secrets: Secrets) -> Masker:
    """Hides the secrets read so far, as the execution's row names them, and its SECRET inputs."""
    masker = Masker()
    for name in execution.secrets or ():
        try:
            masker.add(secrets.get(name))
        except SecretNotFound:
            continue
    for input_id in secret_ids(index.flow.inputs):
        value = execution.inputs
        for step in input_id.split("."):
            value = value.get(step, {}) if isinstance(value, dict) else {}
        if isinstance(value, str):
            masker.add(value)
    return masker
