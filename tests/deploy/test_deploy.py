"""`make deploy` and `make destroy` from an empty account to an empty account, against a local AWS with IAM enforced.

It runs the command line itself, with the packages that the tests build.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from tools.deploy import changes
from tools.local import edge, paths, ports, stacks
from tools.local.localaws import REGION, LocalAws
from tools.local.process import Process
from tools.local.progress import Failure

STAGE = "local"
PREFIX = f"stoa-{STAGE}"


class Deployment(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="stoa-deploy-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.ports = ports.choose(cls.folder, prefer=False)
        cls.aws = LocalAws(cls.folder, cls.ports.aws, keep=False)
        cls.started: list[Process] = []
        cls.addClassCleanup(lambda: [process.stop() for process in reversed(cls.started)])
        cls.aws.start(cls.started)

    def test_a_stage_goes_up_however_often_it_is_interrupted_and_comes_down_only_on_the_second_word(self):
        with self.subTest("nobody says yes, so nothing is executed"):
            code, said = self.deploy(yes=False)
            self.assertEqual(code, 1, said)
            self.assertIn("Nobody is there to say yes", said)
            self.assertIn("add            4 DynamoDB::Table: AuditTable, ContentTable, LearningTable, PeopleTable", said)
            self.assertEqual(self.stack("data").status(), "REVIEW_IN_PROGRESS")

        with self.subTest("a stack that failed at birth is no obstacle"):
            self.break_a_stack("alarms")
            self.assertEqual(self.stack("alarms").status(), "ROLLBACK_COMPLETE")

        with self.subTest("it is killed in the middle of a stack"):
            self.deploy_until("executing identity")
            self.assertEqual([self.stack(name).status() for name in ("data", "web", "api")], ["CREATE_COMPLETE", "CREATE_COMPLETE", None])
            key = self.edge_key()

        with self.subTest("the same command goes on from there"):
            code, said = self.deploy()
            self.assertEqual(code, 0, said)
            self.assertNotIn("data: ", said)
            self.assertIn("stacks: ", said)
            self.assertEqual({self.stack(name).status() for name in stacks.ORDER}, {"CREATE_COMPLETE"})
            self.assertEqual(self.edge_key(), key)

        with self.subTest("a second time changes nothing"):
            code, said = self.deploy()
            self.assertEqual(code, 0, said)
            self.assertIn("stacks: nothing changed", said)
            self.assertIn("uploading the web application: nothing changed", said)

        with self.subTest("what is deployed answers"):
            with self.served():
                self.smoke()

        with self.subTest("the web application is kept by browsers as long as it may be"):
            self.check_site()

        with self.subTest("data is not replaced without a word"):
            with self.assertRaisesRegex(Failure, "ContentTable"):
                changes.refuse_loss(self.plan_with_another_key(), allowed=False)

        with self.subTest("it is not destroyed by a slip"):
            for word in ("", "prod"):
                code, said = self.run_command("destroy", "--drop-data", word)
                self.assertEqual(code, 1, said)
                self.assertIn("DROP_DATA=local", said)
            self.assertEqual({self.stack(name).status() for name in stacks.ORDER}, {"CREATE_COMPLETE"})

        with self.subTest("named twice it goes, with everything it held"):
            code, said = self.run_command("destroy", "--drop-data", STAGE)
            self.assertEqual(code, 0, said)
            self.assertEqual(self.what_is_left(), [])
            code, said = self.run_command("destroy", "--drop-data", STAGE)
            self.assertEqual((code, "There is no stage local" in said), (0, True), said)

    def test_what_is_missing_is_said_before_anything_happens(self):
        for change, said in (({"AWS_ACCESS_KEY_ID": None}, "There are no AWS credentials"),
                             ({"AWS_REGION": None, "AWS_DEFAULT_REGION": None}, "There is no Region"),
                             ({"AWS_ENDPOINT_URL": None}, "belongs to the local AWS")):
            code, output = self.run_command("deploy", environment=change)
            self.assertEqual(code, 1)
            self.assertIn(said, output)
        code, output = self.run_command("deploy", "--set", "Colour=red")
        self.assertEqual((code, "No template has a parameter Colour" in output), (1, True), output)

    # What the tests above are made of.

    def deploy(self, *, yes: bool = True) -> tuple[int, str]:
        return self.run_command(*self.arguments(yes))

    def deploy_until(self, words: str) -> None:
        """Ends the command without warning as soon as it says these words."""
        with subprocess.Popen(self.argv(*self.arguments(yes=True)), env=self.environment({}), cwd=paths.ROOT, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            for line in process.stdout:
                if words in line:
                    process.kill()
                    return
            self.fail(f"it never said {words}")

    def arguments(self, yes: bool) -> list[str]:
        origin = "http://127.0.0.1:{}".format
        architecture = "x86_64" if os.uname().machine == "x86_64" else "arm64"
        return ["deploy", "--built-for-tests", "--architecture", architecture, "--set", f"WebOrigin={origin(self.ports.web)}",
                "--set", f"ContentOrigin={origin(self.ports.content)}", "--set", f"SignInOrigin={self.aws.endpoint}", "--set", "MailDomain=stoa.example",
                *(["--yes"] if yes else [])]

    def run_command(self, command: str, *arguments: str, environment: dict | None = None) -> tuple[int, str]:
        done = subprocess.run(self.argv(command, *arguments), env=self.environment(environment or {}), cwd=paths.ROOT, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout

    @staticmethod
    def argv(command: str, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "tools.local", command, "--stage", STAGE, *arguments]

    def environment(self, change: dict) -> dict[str, str]:
        # No credential of this machine takes part.
        nothing = {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "HOME": str(self.folder)}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        toolchain = {name: os.environ.get(name, f"{os.environ['HOME']}/{folder}") for name, folder in (("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup"))}
        wanted = {**kept, **nothing, **toolchain, **self.aws.caller_environment(), **change}
        return {name: value for name, value in wanted.items() if value is not None}

    def stack(self, name: str) -> stacks.Stack:
        return stacks.Stack(self.aws.client, name, f"{PREFIX}-{name}", 0.1)

    def edge_key(self) -> str:
        secret = self.stack("data").outputs()["EdgeKeySecret"]
        return self.aws.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]

    def break_a_stack(self, name: str) -> None:
        """Creates it with a bucket whose name is taken."""
        s3, cloudformation = self.aws.client("s3"), self.aws.client("cloudformation")
        s3.create_bucket(Bucket="taken", CreateBucketConfiguration={"LocationConstraint": REGION})
        template = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "taken"}}}}
        cloudformation.create_stack(StackName=f"{PREFIX}-{name}", TemplateBody=json.dumps(template))
        with self.assertRaises(Failure):
            self.stack(name)._settle(("CREATE_COMPLETE",))
        s3.delete_bucket(Bucket="taken")

    def known(self) -> dict[str, str]:
        settings = json.loads(json.dumps({"WebOrigin": f"http://127.0.0.1:{self.ports.web}",
                                          "ContentOrigin": f"http://127.0.0.1:{self.ports.content}"}))
        outputs = [self.stack(name).outputs() for name in stacks.ORDER]
        parameters = self.aws.client("cloudformation").describe_stacks(StackName=f"{PREFIX}-web")["Stacks"][0]["Parameters"]
        given = {each["ParameterKey"]: each["ParameterValue"] for each in parameters}
        return {**given, **{name: value for each in outputs for name, value in each.items()}, **settings}

    @contextmanager
    def served(self):
        """The distributions' part is played by the same server as ever."""
        settings = self.folder / "serve.json"
        settings.write_text(json.dumps(edge.settings(self.aws.client, self.known(), self.ports)))
        server = Process("The web server", ["node", str(paths.ROOT / "tools" / "local" / "serve.mjs"), str(settings)],
                         env={"PATH": os.environ["PATH"]}, log=self.folder / "serve.log")
        try:
            yield
        finally:
            server.stop()

    def smoke(self) -> None:
        """The operator's tool makes an organisation, publishes a course and enrols a learner, through the web's origin."""
        endpoints = paths.STATE / STAGE / "endpoints.json"
        done = subprocess.run([paths.target() / "debug" / "stoa", "seed", "--endpoints", endpoints], text=True,
                              env={**os.environ, **self.aws.caller_environment()}, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def check_site(self) -> None:
        s3, bucket = self.aws.client("s3"), self.stack("web").outputs()["SiteBucket"]
        for key, kind, cache in (("index.html", "text/html; charset=utf-8", "no-cache"), ("config.json", "application/json", "no-cache"),
                                 ("sw.js", "text/javascript; charset=utf-8", "no-cache")):
            head = s3.head_object(Bucket=bucket, Key=key)
            self.assertEqual((head["ContentType"], head["CacheControl"]), (kind, cache), key)
        assets = [item["Key"] for item in s3.list_objects_v2(Bucket=bucket, Prefix="assets/")["Contents"]]
        for key in assets:
            self.assertEqual(s3.head_object(Bucket=bucket, Key=key)["CacheControl"], "public, max-age=31536000, immutable", key)

    def plan_with_another_key(self) -> stacks.Plan:
        """The plan of a data stack whose content table has another sort key."""
        text = (paths.INFRA / "data.yaml").read_text()
        (self.folder / "data.yaml").write_text(text.replace("AttributeName: sk", "AttributeName: other", 2))
        with mock.patch.object(stacks, "INFRA", self.folder):
            plan = self.stack("data").plan({})
        self.stack("data").discard(plan)
        return plan

    def what_is_left(self) -> list[str]:
        client = self.aws.client
        pools = client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]
        return [*client("dynamodb").list_tables()["TableNames"], *[bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]],
                *[pool["Name"] for pool in pools], *[name for name in stacks.ORDER if self.stack(name).status()]]


if __name__ == "__main__":
    unittest.main()
