"""Deploys infra/ through CloudFormation, in the order of the stacks' lifecycles, each stack by a change set.

An output of a stack is a parameter of the same name in the stacks after it; so are the settings of a
deployment and the keys of the functions' packages. A setting wins over an output, and what was set once stays until it
is set anew. Nothing here knows whether it talks to AWS.

It may be interrupted anywhere and run again: whatever state a stack was left in is mended first, or explained.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from botocore.exceptions import ClientError

from .build import Package
from .paths import INFRA
from .progress import Failure
from .templates import load

ORDER = ("data", "web", "identity", "pipeline", "schedule", "api", "alarms")
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
# A distribution takes the longest, up to half an hour.
STACK_SECONDS_MAX = 3600
NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
# States that a first deployment leaves when it fails. CloudFormation lets such a stack be deleted and nothing else.
FAILED_AT_BIRTH = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")


@dataclass(frozen=True)
class Change:
    """What a change set would do to one resource. `replacement` is True, Conditional or False, `details` which properties."""

    action: str
    resource: str
    kind: str
    replacement: str
    details: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """A change set that waits to be executed."""

    stack: str
    name: str
    is_new: bool
    changes: tuple[Change, ...]


def deploy(client: Callable, stage: str, settings: dict[str, str], packages: list[Package], *,
           approve: Callable[[Plan], None], prepare: Callable[[str, dict], dict] | None = None,
           poll_seconds: float = 5.0) -> tuple[dict[str, str], list[str]]:
    """Creates or updates every stack. Answers all their outputs and the names of those that changed.

    `approve` sees each plan before it is executed and fails to stop there. `prepare` is told when a stack stands, with what is
    known then, and may add settings for those after it.
    """
    settings = {**settings, "Stage": stage, **{package.parameter: package.key for package in packages}}
    known, changed = dict(settings), []
    for name in ORDER:
        stack = Stack(client, name, f"stoa-{stage}-{name}", poll_seconds)
        plan = stack.plan(known)
        if plan:
            try:
                approve(plan)
            except BaseException:
                stack.discard(plan)
                raise
            stack.execute(plan)
            changed.append(name)
        known = {**known, **stack.outputs(), **settings}
        if name == "data":
            _upload(client("s3"), known["PackagesBucket"], packages)
        settings |= prepare(name, known) if prepare else {}
        known |= settings
    return known, changed


def _upload(s3, bucket: str, packages: list[Package]) -> None:
    there = {item["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
             for item in page.get("Contents", [])}
    for package in packages:
        if package.key not in there:
            s3.upload_file(str(package.path), bucket, package.key)


class Stack:
    """One stack of a stage."""

    def __init__(self, client: Callable, name: str, stack_name: str, poll_seconds: float):
        self.client, self.cloudformation = client, client("cloudformation")
        self.name, self.stack_name, self.poll_seconds = name, stack_name, poll_seconds

    def plan(self, known: dict[str, str]) -> Plan | None:
        """Makes the stack fit for an operation, then the change set; None if nothing would change."""
        path = INFRA / f"{self.name}.yaml"
        is_new = self._mend()
        request = {
            "StackName": self.stack_name, "ChangeSetName": f"deploy-{time.time_ns()}",
            "ChangeSetType": "CREATE" if is_new else "UPDATE", "Capabilities": CAPABILITIES,
            "Parameters": self._parameters(load(path).get("Parameters", {}), known, is_new),
            **self._template(path.read_bytes(), known),
        }
        try:
            self.cloudformation.create_change_set(**request)
        except ClientError as error:
            raise Failure(f"CloudFormation refused infra/{self.name}.yaml: {error}") from error
        described = self._described(request["ChangeSetName"])
        if described["Status"] == "FAILED":
            self.discard(Plan(self.name, request["ChangeSetName"], is_new, ()))
            if any(words in described.get("StatusReason", "") for words in NO_CHANGES):
                return None
            raise Failure(f"CloudFormation refused infra/{self.name}.yaml: {described.get('StatusReason', 'no reason given')}")
        return Plan(self.name, request["ChangeSetName"], is_new, tuple(map(_change, described["Changes"])))

    def discard(self, plan: Plan) -> None:
        self.cloudformation.delete_change_set(StackName=self.stack_name, ChangeSetName=plan.name)

    def execute(self, plan: Plan) -> None:
        """Executes the plan and waits for its end. What the stack's own status says first may still be that of before."""
        named = {"StackName": self.stack_name, "ChangeSetName": plan.name}
        self.cloudformation.execute_change_set(**named)
        deadline = time.monotonic() + STACK_SECONDS_MAX
        while (status := self.cloudformation.describe_change_set(**named)["ExecutionStatus"]) in ("AVAILABLE", "EXECUTE_IN_PROGRESS"):
            self._wait(deadline, status)
        self._settle(("CREATE_COMPLETE", "UPDATE_COMPLETE"))

    def delete(self) -> None:
        """Deletes the stack; what it retains stays. A stack that is gone is fine."""
        self._settle()
        if self.status() is None:
            return
        self.cloudformation.delete_stack(StackName=self.stack_name)
        self._settle((None, "DELETE_COMPLETE"))

    def outputs(self) -> dict[str, str]:
        stack = self._described_stack() or {}
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    def resources(self) -> list[tuple[str, str, str]]:
        """Every resource as (logical id, type, physical id)."""
        if self.status() is None:
            return []
        pages = self.cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.stack_name)
        return [(each["LogicalResourceId"], each["ResourceType"], each.get("PhysicalResourceId", ""))
                for page in pages for each in page["StackResourceSummaries"]]

    def status(self) -> str | None:
        return (self._described_stack() or {}).get("StackStatus")

    def _mend(self) -> bool:
        """Brings the stack into a state that an operation can start from. Answers whether it is still to be created."""
        self._settle()
        status = self.status()
        if status in FAILED_AT_BIRTH:
            self.cloudformation.delete_stack(StackName=self.stack_name)
            self._settle((None, "DELETE_COMPLETE"))
            return True
        if status == "UPDATE_ROLLBACK_FAILED":
            # What stood in its way may be gone. If not, this ends with its reasons.
            self.cloudformation.continue_update_rollback(StackName=self.stack_name)
            self._settle(("UPDATE_ROLLBACK_COMPLETE",))
        elif status in ("DELETE_FAILED", "UPDATE_FAILED"):
            raise Failure(f"Stack {self.stack_name} is {status}:\n{self._reasons()}",
                          do="Mend the cause, end the operation in CloudFormation's console, and run the same command again.")
        # A stack in review has a change set that nobody executed, and no resources.
        return status in (None, "REVIEW_IN_PROGRESS")

    def _parameters(self, declared: dict, known: dict[str, str], is_new: bool) -> list[dict]:
        before = set() if is_new else {each["ParameterKey"] for each in (self._described_stack() or {}).get("Parameters", [])}
        lacking = [name for name, about in declared.items() if name not in known and name not in before and "Default" not in about]
        if lacking:
            raise Failure(f"infra/{self.name}.yaml asks for {', '.join(lacking)}, which no earlier stack and no setting gives.",
                          do="Give it: make deploy STAGE=… SET=\"NAME=VALUE\". A package parameter needs its folder under functions/.")
        given = [{"ParameterKey": name, "ParameterValue": known[name]} for name in declared if name in known]
        return given + [{"ParameterKey": name, "UsePreviousValue": True} for name in declared if name not in known and name in before]

    def _template(self, body: bytes, known: dict[str, str]) -> dict[str, str]:
        """The first stack brings the bucket that the other templates go through: a request takes 51,200 bytes at most."""
        if "PackagesBucket" not in known:
            return {"TemplateBody": body.decode()}
        s3, bucket = self.client("s3"), known["PackagesBucket"]
        key = f"templates/{hashlib.sha256(body).hexdigest()[:20]}.yaml"
        s3.put_object(Bucket=bucket, Key=key, Body=body)
        return {"TemplateURL": f"https://s3.{s3.meta.region_name}.amazonaws.com/{bucket}/{key}"}

    def _described(self, change_set: str) -> dict:
        """The change set once it is made, with all its changes."""
        deadline = time.monotonic() + STACK_SECONDS_MAX
        while True:
            described = self.cloudformation.describe_change_set(StackName=self.stack_name, ChangeSetName=change_set)
            if not described["Status"].endswith(("_PENDING", "_IN_PROGRESS")):
                break
            self._wait(deadline, described["Status"])
        page = described
        while token := page.get("NextToken"):
            page = self.cloudformation.describe_change_set(StackName=self.stack_name, ChangeSetName=change_set, NextToken=token)
            described["Changes"] += page["Changes"]
        return described

    def _described_stack(self) -> dict | None:
        try:
            return self.cloudformation.describe_stacks(StackName=self.stack_name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise

    def _settle(self, expected: tuple[str | None, ...] = ()) -> None:
        """Waits for the operation under way to end, and fails with the reasons of its events if it ends as none of `expected`."""
        deadline = time.monotonic() + STACK_SECONDS_MAX
        while (status := self.status()) and status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
            self._wait(deadline, status)
        if expected and status not in expected:
            raise Failure(f"Stack {self.stack_name} ended as {status}:\n{self._reasons()}",
                          do="Mend the cause and run the same command again: it goes on from here. Nothing was torn down.")

    def _wait(self, deadline: float, status: str) -> None:
        if time.monotonic() > deadline:
            raise Failure(f"Stack {self.stack_name} is still {status} after {STACK_SECONDS_MAX // 60} minutes.",
                          do="Look at its events in CloudFormation's console, and run the same command again when it has ended.")
        time.sleep(self.poll_seconds)

    def _reasons(self) -> str:
        events = self.cloudformation.describe_stack_events(StackName=self.stack_name)["StackEvents"]
        failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")][:5]
        return "\n".join(f"    {event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
                         for event in failed)


def _change(described: dict) -> Change:
    change = described["ResourceChange"]
    details = {each["Target"].get("Name") or each["Target"]["Attribute"] for each in change.get("Details", [])}
    return Change(change["Action"], change["LogicalResourceId"], change["ResourceType"],
                  change.get("Replacement", "False"), tuple(sorted(details)))
