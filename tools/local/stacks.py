"""Deploys infra/ through CloudFormation, in the order of the stacks' lifecycles.

An output of a stack is a parameter of the same name in the stacks after it; so are the settings of a
deployment and the keys of the functions' packages. Nothing here knows whether it talks to AWS.
"""

import time
from collections.abc import Callable

from botocore.exceptions import ClientError

from .build import Package
from .paths import INFRA
from .progress import Failure
from .templates import load

ORDER = ("data", "identity", "pipeline", "schedule", "api")
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
DEPLOY_SECONDS_MAX = 1800


def deploy(client: Callable, stage: str, settings: dict[str, str], packages: list[Package],
           poll_seconds: float = 5.0) -> tuple[dict[str, str], list[str]]:
    """Creates or updates every stack. Answers all their outputs and the names of those that changed."""
    known = {**settings, "Stage": stage, **{package.parameter: package.key for package in packages}}
    changed = []
    for name in ORDER:
        stack = _Stack(client("cloudformation"), name, f"stoa-{stage}-{name}", poll_seconds)
        if stack.deploy(known):
            changed.append(name)
        known |= stack.outputs()
        if name == "data":
            _upload(client("s3"), known["PackagesBucket"], packages)
    return known, changed


def _upload(s3, bucket: str, packages: list[Package]) -> None:
    there = {item["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
             for item in page.get("Contents", [])}
    for package in packages:
        if package.key not in there:
            s3.upload_file(str(package.path), bucket, package.key)


class _Stack:
    def __init__(self, cloudformation, name: str, stack_name: str, poll_seconds: float):
        self.cloudformation, self.name, self.stack_name, self.poll_seconds = cloudformation, name, stack_name, poll_seconds

    def deploy(self, known: dict[str, str]) -> bool:
        path = INFRA / f"{self.name}.yaml"
        declared = load(path).get("Parameters", {})
        lacking = [name for name, about in declared.items() if name not in known and "Default" not in about]
        if lacking:
            raise Failure(f"infra/{self.name}.yaml asks for {', '.join(lacking)}, which no earlier stack and no setting gives.",
                          do="A function's package parameter needs its folder under functions/.")
        request = {
            "StackName": self.stack_name,
            "TemplateBody": path.read_text(),
            "Capabilities": CAPABILITIES,
            "Parameters": [{"ParameterKey": name, "ParameterValue": known[name]} for name in declared if name in known],
        }
        status = self._status()
        if status == "ROLLBACK_COMPLETE":  # A first deployment that failed: CloudFormation only lets it be deleted.
            self.cloudformation.delete_stack(StackName=self.stack_name)
            self._settle()
            status = None
        try:
            (self.cloudformation.update_stack if status else self.cloudformation.create_stack)(**request)
        except ClientError as error:
            if "No updates are to be performed" in str(error):
                return False
            raise Failure(f"CloudFormation refused infra/{self.name}.yaml: {error}") from error
        self._settle()
        return True

    def outputs(self) -> dict[str, str]:
        stack = self.cloudformation.describe_stacks(StackName=self.stack_name)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    def _status(self) -> str | None:
        try:
            return self.cloudformation.describe_stacks(StackName=self.stack_name)["Stacks"][0]["StackStatus"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise

    def _settle(self) -> None:
        """Waits for the operation to end, and fails with the reasons that the events give."""
        deadline = time.monotonic() + DEPLOY_SECONDS_MAX
        while (status := self._status()) and status.endswith("_IN_PROGRESS"):
            if time.monotonic() > deadline:
                raise Failure(f"Stack {self.stack_name} is still {status} after {DEPLOY_SECONDS_MAX // 60} minutes.")
            time.sleep(self.poll_seconds)
        if status not in (None, "CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"):
            raise Failure(f"Stack {self.stack_name} ended as {status}:\n{self._reasons()}")

    def _reasons(self) -> str:
        events = self.cloudformation.describe_stack_events(StackName=self.stack_name)["StackEvents"]
        failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")][:5]
        return "\n".join(f"    {event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
                         for event in failed)
