"""The API against its own description: Schemathesis makes requests of every kind out of the OpenAPI document, as several
roles, and holds the answers against it. No answer may be a 500, and none may be of a status, type or shape that is not described.
"""

import json
import os
from pathlib import Path

from . import paths, venv
from .progress import run_logged, step

REQUIREMENTS = Path(__file__).with_name("requirements-conformance.txt")
DOCUMENT = paths.ROOT / "docs" / "api" / "openapi.json"
FOLDER = paths.ROOT / "tests" / "conformance"
LOGS = paths.STATE / "logs"
# The short run has the role that may least and the one that may most.
ROLES_SHORT = ("learner", "admin")
ROLES_LONG = ("learner", "instructor", "author", "admin")
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
# A run that finds something finds it again.
SEED = 20260101
EXAMPLES_SHORT = 4
EXAMPLES_LONG = 60


def run(endpoints: Path, *, is_long: bool) -> None:
    venv.ensure(REQUIREMENTS)
    for role in ROLES_LONG if is_long else ROLES_SHORT:
        with step(f"holding the API against its description as {role}"):
            _run(endpoints, role, is_long=is_long)


def _run(endpoints: Path, role: str, *, is_long: bool) -> None:
    phases, examples = ("coverage,fuzzing", EXAMPLES_LONG) if is_long else ("fuzzing", EXAMPLES_SHORT)
    log = LOGS / f"conformance-{role}.log"
    log.unlink(missing_ok=True)
    run_logged(
        [str(paths.VENV / "bin" / "schemathesis"), "run", str(DOCUMENT), "--url", _origin(endpoints),
         "--checks", ",".join(CHECKS), "--phases", phases, "--max-examples", str(examples), "--seed", str(SEED),
         # The first leads away from the API; the others are the edge's, which takes cookies and no tokens (journeys do).
         "--exclude-operation-id", "openLink", "--exclude-tag", "edge",
         "--generation-database", "none", "--suppress-health-check", "all", "--warnings", "off", "--no-color"],
        log,
        what=f"The API does not keep to docs/api/openapi.json, asked as {role}.",
        do=f"Read {log}: it has each request as a curl command.",
        cwd=FOLDER,
        env={**os.environ, "STOA_ENDPOINTS": str(endpoints), "STOA_ROLE": role, "PYTHONPATH": str(FOLDER),
             "SCHEMATHESIS_HOOKS": "stoa_hooks"},
    )


def _origin(endpoints: Path) -> str:
    return json.loads(endpoints.read_text())["api"]
