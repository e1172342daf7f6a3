"""The local AWS: one process on 127.0.0.1 that keeps its data in the state folder.

It runs with IAM enforced, so every journey also proves the functions' policies. Its environment is
made here from nothing: the functions inherit it, and no credential of this machine belongs there.
"""

import json
import os
import shutil
import time
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config

from .process import Process
from .progress import Failure
from .venv import python

REGION = "eu-central-1"
ROOT_CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
START_SECONDS_MAX = 60


class LocalAws:
    def __init__(self, state: Path, port: int, *, keep: bool):
        self.state, self.port, self.keep = state, port, keep
        self.endpoint = f"http://127.0.0.1:{port}"

    def start(self, started: list[Process]) -> None:
        """Starts it and waits until it answers. `started` learns of it at once, so that it is always stopped."""
        # Unpacked functions and process files of an earlier run: none of it is data.
        shutil.rmtree(self.state / "tmp", ignore_errors=True)
        for folder in ("tmp", "aws", "s3"):
            (self.state / folder).mkdir(parents=True, exist_ok=True)
        self._forget_stream_positions()
        self._move_to_port()
        log = self.state / "logs" / "aws.log"
        log.unlink(missing_ok=True)
        process = Process("The local AWS", [str(python()), "-m", "ministack"], env=self._environment(), log=log)
        started.append(process)
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self.is_ready():
            process.check()
            if time.monotonic() > deadline:
                raise Failure(f"The local AWS did not answer within {START_SECONDS_MAX} s.", log=log)
            time.sleep(0.1)

    def session(self) -> boto3.Session:
        return boto3.Session(region_name=REGION, **ROOT_CREDENTIALS)

    def client(self, service: str):
        config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 3}, read_timeout=120)
        return self.session().client(service, endpoint_url=self.endpoint, config=config)

    def caller_environment(self) -> dict[str, str]:
        """For programs that call it as the operator does, the seed above all."""
        return {"AWS_ENDPOINT_URL": self.endpoint, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION,
                "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}

    def _forget_stream_positions(self) -> None:
        """It keeps how far each stream was read but not the streams' records, so after a restart it would
        pass over as many new records as there were old ones. What was unread then, the sweep rings again for.
        """
        file = self.state / "aws" / "lambda.json"
        if file.exists():
            functions = json.loads(file.read_text())
            functions["payload"]["dynamodb_stream_positions"] = {"__account_region_scoped__": True, "data": {}}
            file.write_text(json.dumps(functions))

    def _move_to_port(self) -> None:
        """Queues are kept under addresses with the port in them: on another port nobody would read them."""
        mark = self.state / "aws" / "port"
        before = mark.read_text() if mark.exists() else str(self.port)
        if before != str(self.port):
            for file in (self.state / "aws").glob("*.json"):
                file.write_text(file.read_text().replace(f"localhost:{before}", f"localhost:{self.port}"))
        mark.write_text(str(self.port))

    def _environment(self) -> dict[str, str]:
        keep = "1" if self.keep else "0"
        return {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "RUST_BACKTRACE") if name in os.environ},
            "TMPDIR": str(self.state / "tmp"),
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "localhost",
            "MINISTACK_REGION": REGION,
            "GATEWAY_PORT": str(self.port),
            "AWS_ENDPOINT_URL": self.endpoint,
            "PERSIST_STATE": keep, "STATE_DIR": str(self.state / "aws"),
            "S3_PERSIST": keep, "S3_DATA_DIR": str(self.state / "s3"),
            "LAMBDA_EXECUTOR": "local",
            "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0",
            # A token without our claims is of no use to anyone: fail the sign-in, as AWS does.
            "MINISTACK_COGNITO_PRETOKEN_STRICT": "true",
            "DOCKER_HOST": "unix:///nonexistent",
        }

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False
