"""A child process that never outlives its parent and is stopped politely."""

import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path

from .progress import Failure

STOP_SECONDS_MAX = 60
PR_SET_PDEATHSIG = 1


class Process:
    """Runs in a session of its own, so that Ctrl-C reaches only us and the order of stopping is ours."""

    def __init__(self, name: str, argv: list[str], *, env: dict, log: Path):
        self.name, self.log = name, log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a") as out:
            self.child = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                          start_new_session=True, preexec_fn=_end_with_parent)

    def check(self) -> None:
        """Fails when the process has ended by itself."""
        if self.child.poll() is not None:
            raise Failure(f"{self.name} has stopped by itself (exit code {self.child.returncode}).",
                          do="Read the log. If it does not help, `make reset` starts over with empty data.", log=self.log)

    def stop(self) -> None:
        """Asks it to end and waits: the local AWS writes its data while it stops."""
        if self.child.poll() is not None:
            return
        self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            print(f"  {self.name} did not stop within {STOP_SECONDS_MAX} s and was ended; its last writes may be lost.",
                  file=sys.stderr)
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()


def _end_with_parent() -> None:
    """On Linux the kernel sends SIGTERM should we be killed. Elsewhere a killed parent leaves its children."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
