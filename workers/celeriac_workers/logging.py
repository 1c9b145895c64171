"""Logs of the worker processes themselves (not of task runs): one line an event, on stderr."""

import logging
import sys

import structlog


def configure(role: str) -> None:
    """Own events and those of the libraries in one form."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processor=structlog.processors.LogfmtRenderer(key_order=("timestamp", "level", "event")),
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("celeriac").setLevel(logging.INFO)
    logging.getLogger("celeriac_workers").setLevel(logging.INFO)
    structlog.contextvars.bind_contextvars(role=role)
