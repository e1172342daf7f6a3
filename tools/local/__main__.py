"""The command line behind the Makefile: `python3 -m tools.local --help`."""

import argparse
import json
import os
import signal
import subprocess
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

    with local.kept() as running:
        _welcome(running.endpoints)
        try:
            running.watch()
        except KeyboardInterrupt:
            print()
    return 0


def _up(arguments) -> int:
    """Starts a throwaway Stoa, runs a command against it and answers with that command's exit code."""
    from . import local

    with local.throwaway(arguments.state) as running:
        env = {**os.environ, "STOA_ENDPOINTS": str(running.endpoints)}
        code = subprocess.run(arguments.then, env=env, check=False).returncode
        if code != 0:
            running.save_logs()
        return code


def _logs(arguments) -> int:
    """What the functions of the Stoa that `run` started have said so far."""
    from . import logs, paths
    from .localaws import LocalAws

    endpoints = paths.STATE / "endpoints.json"
    if not endpoints.exists():
        raise Failure("There is no Stoa here.", do="Start one with `make run`.")
    port = json.loads(endpoints.read_text())["aws_endpoint"].rsplit(":", 1)[1]
    aws = LocalAws(paths.STATE, int(port), keep=True)
    if not aws.is_ready():
        raise Failure("Stoa is not running.", do="Start it with `make run`.")
    for line in logs.lines(aws.client, arguments.function):
        print(line)
    return 0


def _reset(_arguments) -> int:
    from . import local

    local.reset()
    return 0


def _build(arguments) -> int:
    """Packages for AWS, named by their contents, under cargo's target folder."""
    from . import build, paths

    venv.ensure(venv.RELEASE_REQUIREMENTS)
    for package in build.release(arguments.architecture, paths.STATE / "logs"):
        print(f"  {package.path.stat().st_size / 1e6:5.1f} MB  {package.path}")
    return 0


def _deploy(arguments) -> int:
    """Deploys a stage to AWS."""
    from tools.deploy import deployment

    if not arguments.built_for_tests:
        venv.ensure(venv.RELEASE_REQUIREMENTS)
    deployment.deploy(arguments.stage, region=arguments.region or None, architecture=arguments.architecture,
                      given=dict(arguments.set), yes=arguments.yes, replace_data=arguments.replace_data,
                      built_for_tests=arguments.built_for_tests)
    return 0


def _destroy(arguments) -> int:
    """Takes a stage down with everything it holds."""
    from tools.deploy import destroy

    destroy.destroy(arguments.stage, region=arguments.region or None, drop_data=arguments.drop_data)
    return 0


def _suite(arguments) -> int:
    from . import suite

    getattr(suite, arguments.part.replace("-", "_"))()
    return 0


def _welcome(endpoints: Path) -> None:
    known = json.loads(endpoints.read_text())
    print(f"\nStoa is ready at {known['web']}\n")
    for account in known["accounts"]:
        print(f"  {account['role']:<12} {account['email']:<28} {account['password']}")
    print("\nPress Ctrl-C to stop. The data stays; `make reset` forgets it.", flush=True)


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text} is no NAME=VALUE")
    return name, value


def _interrupt(_signal, _frame) -> None:
    raise KeyboardInterrupt


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m tools.local", description=__doc__)
    commands = parser.add_subparsers(required=True)
    commands.add_parser("run", help="run Stoa on this machine").set_defaults(command=_run)
    commands.add_parser("reset", help="forget the data of `run`").set_defaults(command=_reset)
    logs = commands.add_parser("logs", help="show what the functions of a running Stoa said")
    logs.add_argument("function", nargs="?", default="")
    logs.set_defaults(command=_logs)
    up = commands.add_parser("up", help="run a command against a throwaway Stoa: up -- COMMAND …")
    up.add_argument("--state", type=Path, help="a folder to use, emptied first and kept afterwards")
    up.add_argument("then", nargs="+", help="the command")
    up.set_defaults(command=_up)
    build = commands.add_parser("build", help="build the functions' packages for AWS")
    build.add_argument("--architecture", choices=("arm64", "x86_64"), default="arm64")
    build.set_defaults(command=_build)
    deploy = commands.add_parser("deploy", help="deploy a stage to AWS, or bring it up to date")
    deploy.add_argument("--architecture", choices=("arm64", "x86_64"), default="arm64")
    deploy.add_argument("--set", type=_setting, action="append", default=[], metavar="NAME=VALUE",
                        help="a parameter of the templates; it stays until it is set anew")
    deploy.add_argument("--yes", action="store_true", help="execute change sets without asking")
    deploy.add_argument("--replace-data", default="", metavar="STAGE", help="the stage again: what holds data may be replaced")
    # For a local AWS, which runs plain host binaries.
    deploy.add_argument("--built-for-tests", action="store_true", help=argparse.SUPPRESS)
    deploy.set_defaults(command=_deploy)
    destroy = commands.add_parser("destroy", help="take a stage down")
    destroy.add_argument("--drop-data", default="", metavar="STAGE", help="the stage again: drop all its data")
    destroy.set_defaults(command=_destroy)
    for command in (deploy, destroy):
        command.add_argument("--stage", required=True)
        command.add_argument("--region", default="")
    for part in ("check", "lint", "test", "test-long", "simulate", "browser", "bench", "bench-check"):
        commands.add_parser(part).set_defaults(command=_suite, part=part)
    return parser.parse_args()


if __name__ == "__main__":
    main()
