"""Whom and where to deploy to: the stage's name, the credentials, the Region. All of it is checked before anything happens."""

import hashlib
import os
import re
from dataclasses import dataclass

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tools.local.progress import Failure

# It is part of the sign-in page's host and of many names, the longest of which has 64 characters.
STAGE = re.compile(r"[a-z][a-z0-9]{0,15}")
# Cognito takes no host prefix with one of these in it.
RESERVED = ("aws", "amazon", "cognito")
LOCAL_STAGE = "local"


@dataclass(frozen=True)
class Account:
    """An account in a Region, by the credentials that the environment gives."""

    number: str
    region: str
    session: boto3.Session

    def client(self, service: str, region: str | None = None):
        return self.session.client(service, region_name=region or self.region, config=Config(retries={"mode": "standard", "total_max_attempts": 8}))

    def sign_in_prefix(self, stage: str) -> str:
        """The host prefix of the sign-in page. It is unique in the world and tells nobody the account's number."""
        return f"stoa-{stage}-{hashlib.sha256(f'{self.number} {self.region}'.encode()).hexdigest()[:8]}"


def check_stage(stage: str) -> None:
    """The stage `local` is that of a local AWS: templates leave something out there."""
    if not stage:
        raise Failure("Which stage?", do="make deploy STAGE=test, for instance: one account can have several.")
    if not STAGE.fullmatch(stage) or any(word in stage for word in RESERVED):
        raise Failure(f"`{stage}` is no name for a stage.",
                      do=f"Take 1 to 16 lower-case letters and digits, a letter first, without {', '.join(RESERVED)} in it.")
    if stage == LOCAL_STAGE and not os.environ.get("AWS_ENDPOINT_URL"):
        raise Failure("The stage `local` belongs to the local AWS.", do="Take another name, or `make run` for a Stoa on this machine.")


def find(region: str | None) -> Account:
    """The account that the environment's credentials open."""
    try:
        session = boto3.Session(region_name=region)
    except BotoCoreError as error:
        raise Failure(f"The AWS configuration cannot be read: {error}", do="Look at AWS_PROFILE and ~/.aws/config.") from error
    if not session.region_name:
        raise Failure("There is no Region to deploy to.", do="Say which: make deploy STAGE=… REGION=eu-central-1, or set AWS_REGION.")
    if not session.get_credentials():
        raise Failure("There are no AWS credentials.", do="Sign in (`aws sso login`), set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
    try:
        caller = session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise Failure(f"AWS does not take these credentials: {error}", do="They may have run out. Sign in again.") from error
    return Account(caller["Account"], session.region_name, session)
