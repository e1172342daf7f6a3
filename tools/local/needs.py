"""What has to be on the machine before anything can start, and the Debian package that brings it."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys

from .progress import Failure

NODE_MAJOR_MIN = 20
PYTHON_MIN = (3, 11)

TOOLS = {
    "cargo": "Rust 1.95 or later, with rustup (https://rustup.rs)",
    "cc": "apt-get install build-essential",
    "make": "apt-get install make",
    "node": f"Node.js {NODE_MAJOR_MIN} or later (apt-get install nodejs, or https://nodejs.org)",
    "npm": "apt-get install npm",
}


def check() -> None:
    """Fails with everything that is missing at once, so that nobody installs one thing at a time."""
    missing = [f"{tool}: {source}" for tool, source in TOOLS.items() if not shutil.which(tool)]
    if sys.version_info < PYTHON_MIN:
        missing.append("python3: 3.11 or later (apt-get install python3)")
    if not importlib.util.find_spec("venv") or not importlib.util.find_spec("ensurepip"):
        missing.append("python3 venv: apt-get install python3-venv")
    if shutil.which("node") and _node_major() < NODE_MAJOR_MIN:
        missing.append(f"node: {NODE_MAJOR_MIN} or later, this one is older")
    if missing:
        raise Failure(
            "Something is missing on this machine:\n" + "\n".join(f"    {line}" for line in missing),
            do="Install it and run the same command again.",
        )


def _node_major() -> int:
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", version)
    return int(found.group(1)) if found else 0


def chromium() -> str:
    """The browser for the browser tests. A root user with apt gets it installed; others are told how."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    asked = os.environ.get("STOA_CHROMIUM")
    if asked:
        return asked
    found = next(filter(None, map(shutil.which, names)), None)
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        print("  installing chromium for the browser tests …", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
        subprocess.run(["apt-get", "update"], **quiet)
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", "chromium"], **quiet,
                       env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        found = next(filter(None, map(shutil.which, names)), None)
    if not found:
        raise Failure("The browser tests need Chromium.",
                      do="apt-get install chromium (or set STOA_CHROMIUM to a Chrome).")
    return found
