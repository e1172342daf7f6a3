"""Where things are. Everything that a run writes is under `.local/`, `.venv/` or cargo's target folder."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = ROOT / "functions"
INFRA = ROOT / "infra"
WEB = ROOT / "web"
VENV = ROOT / ".venv"
STATE = ROOT / ".local"


def target() -> Path:
    """Cargo's target folder, which a machine may have moved."""
    return Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")


def function_names() -> list[str]:
    """One folder is one function is one package is one binary."""
    return sorted(manifest.parent.name for manifest in FUNCTIONS.glob("*/Cargo.toml"))
