"""The command line: `python3 -m tools.local run | up | reset | check | test | …` (see the Makefile)."""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from . import needs, venv
from .progress import Failure, die


def main() -> None:
    arguments = _parse()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        needs.check()
        venv.ensure()
        venv.enter()
        code = arguments.command(arguments)
    except Failure as failure:
        die(failure)
    except KeyboardInterrupt:
        code = 130
    raise SystemExit(code)


def _run(_arguments) -> int:
    from . import local

    with local.kept() as endpoints:
        _welcome(endpoints)
        while True:
            time.sleep(3600)


def _up(arguments) -> int:
    """Starts a throwaway Stoa, runs a command against it and answers with that command's exit code."""
    from . import local

    with local.throwaway(arguments.state) as endpoints:
        env = {**os.environ, "STOA_ENDPOINTS": str(endpoints)}
        return subprocess.run(arguments.then, env=env, check=False).returncode


def _reset(_arguments) -> int:
    from . import local

    local.reset()
    return 0


def _welcome(endpoints: Path) -> None:
    known = json.loads(endpoints.read_text())
    print(f"\nStoa is ready at {known['web']}\n")
    for account in known["accounts"]:
        print(f"  {account['role']:<12} {account['email']:<28} {account['password']}")
    print("\nPress Ctrl-C to stop. The data stays; `make reset` forgets it.", flush=True)


def _interrupt(_signal, _frame) -> None:
    raise KeyboardInterrupt


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m tools.local", description=__doc__)
    commands = parser.add_subparsers(required=True)
    commands.add_parser("run", help="run Stoa on this machine").set_defaults(command=_run)
    commands.add_parser("reset", help="forget the data of `run`").set_defaults(command=_reset)
    up = commands.add_parser("up", help="run a command against a throwaway Stoa: up -- COMMAND …")
    up.add_argument("--state", type=Path, help="a folder to use, emptied first and kept afterwards")
    up.add_argument("then", nargs="+", help="the command")
    up.set_defaults(command=_up)
    return parser.parse_args()


if __name__ == "__main__":
    main()
