"""Three ports on 127.0.0.1. A busy one is stepped around; the chosen ones are kept, so that a
restart keeps the same origins (and with them a browser's sign-in)."""

import fcntl
import json
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

PREFERRED = {"web": 8400, "content": 8401, "aws": 8402}

# Seconds pass between choosing a port and listening on it. Another checkout that looks meanwhile would find it free, and
# then talk to this one's AWS. So one that others may want too is taken by a locked file, until this process ends.
_taken: list[TextIO] = []


@dataclass(frozen=True)
class Ports:
    web: int
    content: int
    aws: int


def choose(state: Path, *, prefer: bool) -> Ports:
    """The ports of the last run where they are free, else the preferred ones, else any."""
    file = state / "ports.json"
    wanted = {**(PREFERRED if prefer else {}), **(json.loads(file.read_text()) if file.exists() else {})}
    chosen: dict[str, int] = {}
    for name in PREFERRED:
        port = wanted.get(name, 0)
        chosen[name] = port if port and _take(port) else _free_port()
    file.write_text(json.dumps(chosen))
    return Ports(**chosen)


def _take(port: int) -> bool:
    """Whether the port was free, and neither this nor another Stoa of this machine is about to use it."""
    try:
        file = (Path(tempfile.gettempdir()) / f"stoa-port-{port}.lock").open("w")
    except PermissionError:  # Another person's.
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return False
    if not _is_free(port):
        file.close()
        return False
    _taken.append(file)
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
