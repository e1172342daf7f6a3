"""What a person sees while they wait, and what they read when something fails."""

import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

LOG_LINES_SHOWN = 25
QUIET_SECONDS_MAX = 15


class Failure(Exception):
    """Something a person has to know: what failed, what to do, and the log that says more."""

    def __init__(self, what: str, *, do: str = "", log: Path | None = None):
        parts = [what]
        if log and log.exists():
            # Read now: a throwaway Stoa takes its logs with it.
            lines = log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
            parts.append(f"The last lines of {log}:\n" + "\n".join(f"    {line}" for line in lines))
        if do:
            parts.append(f"What to do: {do}")
        super().__init__("\n".join(parts))


@contextmanager
def step(name: str):
    """Announces a step and says how long it took. `note` replaces the word "done"."""
    started = time.monotonic()
    said = {"note": "done"}
    print(f"  {name} …", flush=True)
    try:
        yield said
    except BaseException:
        print(f"  {name}: failed after {time.monotonic() - started:.1f} s", flush=True)
        raise
    print(f"  {name}: {said['note']} ({time.monotonic() - started:.1f} s)", flush=True)


def run_logged(argv: list[str], log: Path, *, what: str, do: str, cwd: Path, env: dict | None = None) -> None:
    """Runs a command into a log file, repeating its latest line now and then, since silence looks like a hang."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as out:
        process = subprocess.Popen(argv, cwd=cwd, env=env, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        try:
            spoke = time.monotonic()
            while True:
                try:
                    code = process.wait(timeout=0.2)
                    break
                except subprocess.TimeoutExpired:
                    if time.monotonic() - spoke > QUIET_SECONDS_MAX:
                        spoke = time.monotonic()
                        print(f"    … {_last_line(log)}", flush=True)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if code != 0:
        raise Failure(f"{what} (exit code {code}).", do=do, log=log)


def _last_line(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 2000))
        lines = file.read().decode(errors="replace").replace("\r", "\n").split("\n")
    return next((line.strip()[:110] for line in reversed(lines) if line.strip()), "still working")


def die(failure: Failure) -> None:
    """Ends the program with a failure in plain words."""
    print(f"\nStoa could not go on. {failure}", file=sys.stderr, flush=True)
    raise SystemExit(1)
