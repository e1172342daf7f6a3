"""What Schemathesis is told about Stoa: who it signs in as, and which things are there, so that not every request ends at 404.

STOA_ENDPOINTS names the running stack, STOA_ROLE the demo account.
"""

import json
import os
import urllib.request
import zlib
from pathlib import Path

import boto3
import schemathesis

ENDPOINTS = json.loads(Path(os.environ["STOA_ENDPOINTS"]).read_text())
ROLE = os.environ["STOA_ROLE"]
# Access tokens live five minutes.
TOKEN_SECONDS = 120
# One of so many generated ids stays as it was generated.
STRANGE_ONE_OF = 5


def token(role: str) -> str:
    account = next(account for account in ENDPOINTS["accounts"] if account["role"] == role)
    cognito = boto3.client("cognito-idp", region_name=ENDPOINTS["region"], endpoint_url=ENDPOINTS["aws_endpoint"],
                           aws_access_key_id="test", aws_secret_access_key="test")
    answer = cognito.admin_initiate_auth(
        UserPoolId=ENDPOINTS["user_pool_id"], ClientId=ENDPOINTS["operator_client_id"], AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": account["email"], "PASSWORD": account["password"]})
    return answer["AuthenticationResult"]["AccessToken"]


def ask(method: str, path: str, role: str, body: object = None) -> dict:
    request = urllib.request.Request(f"{ENDPOINTS['api']}{path}", method=method, headers={
        "authorization": f"Bearer {token(role)}", "content-type": "application/json"})
    with urllib.request.urlopen(request, None if body is None else json.dumps(body).encode()) as answer:
        return json.loads(answer.read())


def known_ids() -> dict[str, str]:
    """One of everything. The person is nobody who signs in, since some roles may end anybody's access."""
    me = ask("GET", "/api/me", "learner")
    enrolments = ask("GET", "/api/me/enrolments", "learner")["enrolments"]
    enrolment = next(each for each in enrolments if each["cohort"]["id"] == "first")
    course = ask("GET", "/api/courses", "author")["courses"][0]["course"]
    nodes = ask("GET", f"/api/courses/{course}", "author")["nodes"]
    of_kind = lambda kind: next(node["id"] for node in nodes if node["kind"] == kind)  # noqa: E731
    nobody = {"email": f"conformance-{ROLE}@demo.example", "name": "Nobody at all", "roles": []}
    invited = ask("POST", "/api/people", "admin", {"people": [nobody]})["people"][0]["person"]
    return {"tenant": me["tenant"]["id"], "enrolment": enrolment["enrolment"], "cohort": "first", "release": enrolment["release"],
            "course": course, "node": of_kind("lesson"), "assessment": of_kind("assessment"), "attempt": "1", "person": invited}


KNOWN = known_ids()


def often_known(name: str, value: object) -> object:
    """A known id in the place of most generated ones; which ones follows from what was generated."""
    is_strange = zlib.crc32(repr(value).encode()) % STRANGE_ONE_OF == 0
    return value if is_strange or name not in KNOWN else KNOWN[name]


@schemathesis.auth(refresh_interval=TOKEN_SECONDS)
class SignedIn:
    def get(self, case, context):
        return token(ROLE)

    def set(self, case, data, context):
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    return {name: often_known(name, value) for name, value in (path_parameters or {}).items()}


@schemathesis.hook
def map_body(context, body):
    return {name: often_known(name, value) for name, value in body.items()} if isinstance(body, dict) else body
