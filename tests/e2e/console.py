"""The running service's own Python, kept open: starting Django for each question took longer than most walks."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

# Answers each line of JSON with one; what a script prints is its answer.
SERVE = """
import contextlib, io, json, sys, traceback
from django.db import connections
answers = sys.stdout
for line in sys.stdin:
    printed, failure = io.StringIO(), ""
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(json.loads(line), "<test>", "exec"), {"__name__": "console"})
        except Exception:
            failure = traceback.format_exc()
    connections.close_all()
    answers.write(json.dumps([printed.getvalue(), failure]) + chr(10))
    answers.flush()
"""


class Console:
    """`manage.py shell` on the stack's data: one for each process of pytest, ended with it."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "--no-imports", "--verbosity", "0", "--command", SERVE],
            cwd=root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, script: str) -> str:
        """What the script prints. Its failure is the test's."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(script) + "\n")
        self._process.stdin.flush()
        answered = self._process.stdout.readline()
        assert answered, f"the console ended with {self._process.wait()}"
        printed, failure = json.loads(answered)
        assert not failure, f"{script}\n{failure}"
        return str(printed)

    def close(self) -> None:
        self._process.communicate()  # the end of its input is its end
