"""`make check`, `make test` and their parts: what is run, in which order, in plain commands.

Every command is printed before it runs, so that any of them can be repeated by hand.
"""

import os
import shlex
import subprocess
import time
from pathlib import Path

from . import build, conformance, fuzz, local, needs, paths
from .progress import Failure
from .venv import python

LOGS = paths.STATE / "logs"
BENCH = "stoa-bench"
BENCH_CHECK = "bench_check"
BROWSER = paths.ROOT / "tests" / "browser"


def check() -> None:
    """The fast part: formatting, lints, unit tests, counts, and the tests of the house itself."""
    _style()
    _templates()
    _tests("--lib", "--bins", "--test", "architecture", "--test", BENCH_CHECK)


def lint() -> None:
    """Templates and the web's types, with the tools that their makers wrote."""
    _run([str(paths.VENV / "bin" / "cfn-lint"), *map(str, sorted(paths.INFRA.glob("*.yaml")))])
    build.web(LOGS)
    _run(["npm", "run", "check"], cwd=paths.WEB)


def test() -> None:
    """Everything, from fast to slow."""
    started = time.monotonic()
    chromium = needs.chromium()
    _style()
    _templates()
    lint()
    _tests("--lib", "--bins", "--test", "architecture", "--test", BENCH_CHECK)
    # What needs the deployed tables comes with them.
    _tests("--test", "contract", "--", "--skip", "deployed::")
    _tests("--doc")
    simulate()
    deploying()
    with local.throwaway() as running:
        _journeys(running.endpoints)
        _browser(running.endpoints, chromium)
        _logs(running.endpoints)
    # On one of its own: what it asks for at random is nobody else's to find.
    with local.throwaway() as running:
        conformance.run(running.endpoints, is_long=False)
    print(f"\nEverything passed in {(time.monotonic() - started) / 60:.1f} minutes.", flush=True)


def test_long() -> None:
    """What takes too long for every change: fuzzing, the API against its description at length, and many more seeds."""
    fuzz.run()
    with local.throwaway() as running:
        conformance.run(running.endpoints, is_long=True)
    _tests("--test", "simulation", "nothing_is_lost", "--", "--nocapture", env={"STOA_SEEDS": "20000"})


def simulate() -> None:
    _tests("--test", "simulation", "--", "--nocapture")


def deploying() -> None:
    """The whole sequence of a deployment, against a local AWS of its own."""
    _run([str(python()), "-m", "unittest", "discover", "-v", "-s", "tests/deploy", "-t", "."])


def browser() -> None:
    chromium = needs.chromium()
    with local.throwaway() as running:
        _browser(running.endpoints, chromium)


def bench_check() -> None:
    """What does not depend on the machine, against what is recorded in tests/bench/counts.md."""
    _tests("--test", BENCH_CHECK)


def bench() -> None:
    _cargo("build", "--release", "--workspace", "--bins")
    _run([str(paths.target() / "release" / BENCH)])


def _style() -> None:
    _cargo("fmt", "--all", "--check")
    _cargo("clippy", "--workspace", "--all-targets", "--", "-D", "warnings")


def _templates() -> None:
    _run([str(python()), "-m", "unittest", "discover", "-s", "tests/architecture/templates"])


def _journeys(endpoints: Path) -> None:
    _tests("--test", "contract", "--test", "journey", env={"STOA_ENDPOINTS": str(endpoints)})


def _browser(endpoints: Path, chromium: str) -> None:
    build.browser_tests(BROWSER, LOGS)
    _run(["npm", "test"], cwd=BROWSER, env={"STOA_ENDPOINTS": str(endpoints), "STOA_CHROMIUM": chromium})


def _logs(endpoints: Path) -> None:
    """What the functions said while they were tested."""
    _run([str(python()), "-m", "unittest", "discover", "-s", "tests/logs"], env={"STOA_ENDPOINTS": str(endpoints)})


def _tests(*selected: str, env: dict[str, str] | None = None) -> None:
    """Some of the tests, always of the whole workspace: cargo would build the AWS SDK again for a part of it, because
    the parts ask their dependencies for different features."""
    _cargo("test", "--workspace", *selected, env=env)


def _cargo(command: str, *arguments: str, env: dict[str, str] | None = None) -> None:
    locked = [] if command == "fmt" else ["--locked"]
    _run(["cargo", command, *locked, *arguments], env=env)


def _run(argv: list[str], *, cwd: Path = paths.ROOT, env: dict[str, str] | None = None) -> None:
    shown = shlex.join(argv).replace(f"{paths.ROOT}/", "")
    print(f"\n$ {shown}", flush=True)
    code = subprocess.run(argv, cwd=cwd, env={**os.environ, **(env or {})}, check=False).returncode
    if code != 0:
        raise Failure(f"`{shown}` failed (exit code {code}).", do="Its own messages are above.")
