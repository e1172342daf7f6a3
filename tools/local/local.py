"""One running Stoa: the local AWS, the deployed stacks, the two origins and the demo organisation."""

import fcntl
import json
import os
import shutil
import signal
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.deploy import deployment, site

from . import build, edge, logs, needs, paths, ports, stacks
from .localaws import REGION, LocalAws
from .process import Process
from .progress import Failure, run_logged, step

STAGE = "local"
MAIL_DOMAIN = "stoa.example"
SERVE_SECONDS_MAX = 10


@dataclass(frozen=True)
class Running:
    """What is up: the file that says where everything is, and the processes behind it."""

    endpoints: Path
    aws: LocalAws
    processes: list[Process]

    def watch(self) -> None:
        """Returns only by failing: when a process ends by itself."""
        while True:
            for process in self.processes:
                process.check()
            time.sleep(1)

    def save_logs(self) -> None:
        """Keeps what the functions said, when something went wrong in a Stoa that is about to go."""
        file = paths.STATE / "logs" / "functions.log"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(logs.lines(self.aws.client)) + "\n")
        print(f"  what the functions said is in {file}", flush=True)


@contextmanager
def kept(state: Path = paths.STATE):
    """The developer's own Stoa: it keeps its data and its ports from run to run."""
    state.mkdir(parents=True, exist_ok=True)
    with _alone(state):
        with _running(state, keep=True) as running:
            yield running


@contextmanager
def throwaway(state: Path | None = None):
    """A Stoa for one test run: empty at first, on free ports, gone afterwards unless a folder is given."""
    folder = Path(state or tempfile.mkdtemp(prefix="stoa-"))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        with _running(folder, keep=False) as running:
            try:
                yield running
            except Failure:
                running.save_logs()
                raise
    finally:
        if not state:
            shutil.rmtree(folder, ignore_errors=True)


def reset(state: Path = paths.STATE) -> None:
    """Forgets everything that `make run` kept."""
    if state.exists():
        with _alone(state):
            shutil.rmtree(state)


@contextmanager
def _running(state: Path, *, keep: bool):
    needs.check()
    log_folder = state / "logs"
    packages = build.functions(log_folder)
    web_root = build.web(log_folder)
    chosen = ports.choose(state, prefer=keep)
    aws = LocalAws(state, chosen.aws, keep=keep)
    started: list[Process] = []
    try:
        with step("starting the local AWS"):
            aws.start(started)
        with step("deploying infra/") as said:
            outputs, changed = _deploy(aws, chosen, packages)
            said["note"] = f"changed {', '.join(changed)}" if changed else "nothing changed"
            _forget_old_packages(aws, outputs["PackagesBucket"], packages)
        with step("serving the web application"):
            _serve(state, chosen, aws, outputs, web_root, started)
        file = state / "endpoints.json"
        _write_endpoints(file, aws, outputs)
        _seed(aws, file, log_folder)
        yield Running(file, aws, started)
    finally:
        if started:
            # A second Ctrl-C would cut the writing short; the wait has its own limit.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            with step("stopping" + (" and keeping the data" if keep else "")):
                for process in reversed(started):
                    process.stop()
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _deploy(aws: LocalAws, chosen: ports.Ports, packages: list[build.Package]) -> tuple[dict, list[str]]:
    settings = {
        "Architecture": "x86_64" if os.uname().machine == "x86_64" else "arm64", "DomainPrefix": "stoa",
        # The distributions' part is played on this machine, and the local AWS has the sign-in page.
        "WebOrigin": _origin(chosen.web), "ContentOrigin": _origin(chosen.content), "SignInOrigin": aws.endpoint,
        "MailDomain": MAIL_DOMAIN,
    }
    return stacks.deploy(aws.client, STAGE, settings, packages, approve=lambda plan: None,
                         prepare=lambda name, known: deployment.prepared(aws.client, name, known), poll_seconds=0.1)


def _forget_old_packages(aws: LocalAws, bucket: str, packages: list[build.Package]) -> None:
    """Every change of a function uploads a package. On AWS they make going back possible; here they only take room."""
    s3, current = aws.client("s3"), {package.key for package in packages}
    for item in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        if item["Key"] not in current:
            s3.delete_object(Bucket=bucket, Key=item["Key"])


def _serve(state: Path, chosen: ports.Ports, aws: LocalAws, known: dict, web_root: Path, started: list[Process]) -> None:
    site.upload(aws.client("s3"), known["SiteBucket"], web_root, deployment.web_config(known))
    settings = state / "serve.json"
    settings.write_text(json.dumps(edge.settings(aws.client, known, chosen), indent=2))
    script = Path(__file__).with_name("serve.mjs")
    server = Process("The web server", ["node", str(script), str(settings)], env={"PATH": os.environ["PATH"]},
                     log=state / "logs" / "serve.log")
    started.append(server)
    deadline = time.monotonic() + SERVE_SECONDS_MAX
    while not _answers(f"{_origin(chosen.web)}/config.json"):
        server.check()
        if time.monotonic() > deadline:
            raise Failure(f"The web server did not answer within {SERVE_SECONDS_MAX} s.", log=server.log)
        time.sleep(0.05)


def _write_endpoints(file: Path, aws: LocalAws, known: dict) -> None:
    """Everything a test or a person needs to find this Stoa. The seed adds the accounts."""
    before = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps({
        **deployment.describe(known, REGION, aws.endpoint),
        "jwks": f"{aws.endpoint}/{known['UserPool']}/.well-known/jwks.json",
        "mailbox": f"{aws.endpoint}/_ministack/ses/messages",
        "accounts": before.get("accounts", []),
    }, indent=2))


def _seed(aws: LocalAws, endpoints: Path, log_folder: Path) -> None:
    """The operator's own tool makes the demo organisation. It is safe to repeat: what is there stays."""
    tool = paths.target() / "debug" / "stoa"
    with step("seeding the demo organisation"):
        run_logged([str(tool), "seed", "--endpoints", str(endpoints)], log_folder / "seed.log", cwd=paths.ROOT,
                   env={**os.environ, **aws.caller_environment()}, what="The demo organisation could not be made",
                   do="`make reset` starts over with empty data.")


def _origin(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


@contextmanager
def _alone(state: Path):
    """Two runs on one folder would take each other's data apart."""
    with (state / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(f"Stoa is already running from {state}.", do="Stop it with Ctrl-C in its terminal.") from None
        yield
