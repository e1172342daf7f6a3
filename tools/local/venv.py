"""The project's own Python environment: made once, remade when its requirements change."""

import hashlib
import os
import sys
from pathlib import Path

from .paths import ROOT, STATE, VENV
from .progress import run_logged, step

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
RELEASE_REQUIREMENTS = Path(__file__).with_name("requirements-release.txt")


def ensure(requirements: Path = REQUIREMENTS) -> None:
    """Installs the requirements unless exactly these were installed already."""
    mark = VENV / f"{requirements.stem}.sha256"
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    if mark.exists() and mark.read_text() == digest:
        return
    log = STATE / "logs" / "venv.log"
    help_text = "Check the network connection and the log, then run the same command again."
    with step("preparing the Python environment"):
        run_logged([sys.executable, "-m", "venv", str(VENV)], log, cwd=ROOT,
                   what="The Python environment could not be made", do="apt-get install python3-venv")
        run_logged([str(python()), "-m", "pip", "install", "--disable-pip-version-check", "-r", str(requirements)],
                   log, cwd=ROOT, what="The Python packages could not be installed", do=help_text)
    mark.write_text(digest)


def python() -> Path:
    return VENV / "bin" / "python"


def enter() -> None:
    """Continues this same command with the environment's own Python."""
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(python(), [str(python()), "-m", "tools.local", *sys.argv[1:]])
