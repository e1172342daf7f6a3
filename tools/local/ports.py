"""Three ports on 127.0.0.1. A busy one is stepped around; the chosen ones are kept, so that a
restart keeps the same origins (and with them a browser's sign-in)."""

import json
import socket
from dataclasses import dataclass
from pathlib import Path

PREFERRED = {"web": 8400, "content": 8401, "aws": 8402}


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
        chosen[name] = port if port and port not in chosen.values() and _is_free(port) else _free_port()
    file.write_text(json.dumps(chosen))
    return Ports(**chosen)


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

