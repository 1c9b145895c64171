"""What the server answers about itself."""

from celeriac.web.models.shapes import Answer


class ConfigDocument(Answer):
    """What a client may want to know of the server."""

    version: str
    edition: str
    tenant: str
