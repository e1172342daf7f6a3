"""`make destroy`: takes a stage down with all its data, and refuses to unless the stage is named twice."""

import json
import shutil

from botocore.exceptions import ClientError

from tools.local import paths, stacks
from tools.local.progress import Failure, step

from . import account
from .changes import HOLDS_DATA

# What AWS says of what is gone already; the last one of a secret that waits for its end.
GONE = ("NoSuchBucket", "NotFoundException", "ResourceNotFoundException", "InvalidRequestException")


def destroy(stage: str, *, region: str | None, drop_data: str, poll_seconds: float = 5.0) -> None:
    """Deletes every stack of the stage, the last one first, and then what the stacks retained."""
    account.check_stage(stage)
    into = account.find(region)
    # By account and Region: what was begun in one is not to be gone on with in another.
    inventory = paths.STATE / stage / f"destroying-{into.number}-{into.region}.json"
    all_stacks = [stacks.Stack(into.client, name, f"stoa-{stage}-{name}", poll_seconds) for name in reversed(stacks.ORDER)]
    # Read before the first stack goes, and kept: whoever goes on after an interruption still has to find what was retained.
    held = {tuple(each) for each in json.loads(inventory.read_text())} if inventory.exists() else set()
    held |= {(kind, name) for stack in all_stacks for _, kind, name in stack.resources() if kind in HOLDS_DATA and name}
    if not held and not any(stack.status() for stack in all_stacks):
        print(f"There is no stage {stage} in account {into.number} in {into.region}.")
        return
    lines = "\n".join(f"    {name} ({kind.removeprefix('AWS::')})" for kind, name in sorted(held))
    if drop_data != stage:
        raise Failure(
            f"This would drop everything that stage {stage} holds in account {into.number} in {into.region}, for good:\n{lines}",
            do=f"If you are sure, say it twice: make destroy STAGE={stage} DROP_DATA={stage}")
    print(f"Dropping stage {stage} in account {into.number} in {into.region}:\n{lines}", flush=True)
    inventory.parent.mkdir(parents=True, exist_ok=True)
    inventory.write_text(json.dumps(sorted(held), indent=2))
    for kind, name in sorted(held):
        if kind == "AWS::S3::Bucket":
            with step(f"emptying {name}"):
                _empty(into, name)
    for stack in all_stacks:
        with step(f"deleting stack {stack.stack_name}"):
            stack.delete()
    for kind, name in sorted(held):
        with step(f"deleting {name}"):
            _delete(into, kind, name)
    inventory.unlink()
    if not any(inventory.parent.glob("destroying-*")):
        shutil.rmtree(inventory.parent)
    print(f"\nStage {stage} is gone. Its secrets can be restored for a week.", flush=True)


def _empty(into: account.Account, name: str) -> None:
    try:
        into.session.resource("s3").Bucket(name).object_versions.delete()
    except ClientError as error:
        if error.response["Error"]["Code"] not in GONE:
            raise


def _delete(into: account.Account, kind: str, name: str) -> None:
    try:
        if kind == "AWS::S3::Bucket":
            # Functions may have written until their stack went.
            _empty(into, name)
        _DELETIONS[kind](into.client, name)
    except ClientError as error:
        if error.response["Error"]["Code"] not in GONE:
            raise


def _table(client, name: str) -> None:
    dynamodb = client("dynamodb")
    dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
    dynamodb.get_waiter("table_exists").wait(TableName=name)
    dynamodb.delete_table(TableName=name)


def _pool(client, name: str) -> None:
    cognito = client("cognito-idp")
    cognito.update_user_pool(UserPoolId=name, DeletionProtection="INACTIVE")
    cognito.delete_user_pool(UserPoolId=name)


_DELETIONS = {
    "AWS::Cognito::UserPool": _pool,
    "AWS::DynamoDB::Table": _table,
    "AWS::SES::EmailIdentity": lambda client, name: client("sesv2").delete_email_identity(EmailIdentity=name),
    "AWS::S3::Bucket": lambda client, name: client("s3").delete_bucket(Bucket=name),
    "AWS::SecretsManager::Secret": lambda client, name: client("secretsmanager").delete_secret(SecretId=name, RecoveryWindowInDays=7),
}
