"""What every template in infra/ keeps to, whoever edits it. Run by `make check`."""

import json
import os
import re
import tomllib
import unittest
from pathlib import Path
from unittest import mock

from samtranslator.translator.transform import transform

from tools.deploy.changes import HOLDS_DATA
from tools.local import paths
from tools.local.stacks import ORDER
from tools.local.templates import load

TEMPLATES = {name: load(paths.INFRA / f"{name}.yaml") for name in ORDER}
PERMISSIONS = Path(__file__).with_name("permissions.txt")
CONTRACT = paths.INFRA / "contract.json"

# The same templates go to AWS and to the local AWS. What that cannot: a pool's domain and key groups; and a host name of
# one's own is optional.
CONDITIONS = {"data": {"MakesMailIdentity"}, "identity": {"HasDomain", "IsLocal", "InvitesThroughSes"}, "web": {"HasKeyGroup", "HasDomainName"}}
CONDITION_USES = [("data", "MailIdentity"), ("web", "EdgeKey"), ("web", "EdgeKeys"), ("identity", "PoolDomain")]
# It can be built again.
NOT_KEPT = {("web", "SiteBucket")}
# A mail program ends a kind of mail by a link, and cannot sign in.
OPEN_ROUTES = {"GET /api/unsubscribe/{link}", "POST /api/unsubscribe/{link}"}


def resources(kind: str) -> list[tuple[str, str, dict]]:
    """Every resource of a kind as (template, logical id, resource)."""
    return [(template, name, resource) for template, contents in TEMPLATES.items()
            for name, resource in contents["Resources"].items() if resource["Type"] == kind]


def functions() -> dict[str, dict]:
    """Every function by its own name, with the template's globals filled in."""
    found = {}
    for template, logical, resource in resources("AWS::Serverless::Function"):
        common = TEMPLATES[template]["Globals"]["Function"]
        own = resource["Properties"]
        variables = {**common.get("Environment", {}).get("Variables", {}), **own.get("Environment", {}).get("Variables", {})}
        name = own["FunctionName"]["Fn::Sub"].removeprefix("${AWS::StackName}-")
        found[name] = {**common, **own, "Environment": variables, "template": template, "logical": logical}
    return found


def alarms() -> dict[str, dict]:
    """Every alarm by its logical id; its dimensions as the parameters that name them."""
    return {name: {**alarm["Properties"], "Dimensions": {each["Name"]: each["Value"]["Ref"] for each in alarm["Properties"]["Dimensions"]}}
            for _, name, alarm in resources("AWS::CloudWatch::Alarm")}


def statements(function: dict) -> list[dict]:
    role = TEMPLATES[function["template"]]["Resources"][function["Role"]["Fn::GetAtt"][0]]
    return [statement for policy in role["Properties"]["Policies"] for statement in policy["PolicyDocument"]["Statement"]]


def as_list(value) -> list:
    return value if isinstance(value, list) else [value]


def is_reference(resource: dict) -> bool:
    """`!GetAtt X.Arn` and `!Ref X` name one resource; `!GetAtt` of a log group ends in the `:*` of its streams."""
    return isinstance(resource, dict) and ("Fn::GetAtt" in resource or "Ref" in resource)


def words(resource: dict | str) -> str:
    """A resource as a person would say it: the end of its name, without account and region."""
    if isinstance(resource, str):
        return resource
    if "Ref" in resource:
        return resource["Ref"].removesuffix("Arn")
    if "Fn::GetAtt" in resource:
        return resource["Fn::GetAtt"][0]
    return re.sub(r"^arn:.*?(table|:::|userpool)/?", "", resource["Fn::Sub"]).replace("${", "").replace("}", "")


class Functions(unittest.TestCase):
    def test_every_function_folder_is_deployed_and_nothing_else_is(self):
        if not paths.function_names():
            self.skipTest("functions/ is empty")
        self.assertEqual(sorted(functions()), paths.function_names())

    def test_time_closes_an_attempt_only_after_as_long_as_a_hand_in_may_run(self):
        source = (paths.ROOT / "shared" / "domain" / "src" / "attempt.rs").read_text()
        margin_ms = int(re.search(r"CLOSE_MARGIN_MS: i64 = ([0-9_]+);", source)[1].replace("_", ""))
        self.assertEqual(margin_ms, 1_000 * functions()["attempt-write"]["Timeout"])

    def test_a_sweep_stops_reading_well_before_it_would_be_ended_and_is_over_before_the_next(self):
        source = (paths.ROOT / "shared" / "service" / "src" / "sweeping.rs").read_text()
        longest = int(re.search(r"SWEEP_MAX: SignedDuration = SignedDuration::from_secs\(([0-9]+)\);", source)[1])
        self.assertLessEqual(longest + 8, functions()["work-sweep"]["Timeout"])
        self.assertLess(functions()["work-sweep"]["Timeout"], 60)

    def test_a_claim_and_a_round_hold_longer_than_their_functions_run(self):
        for path, name, function in (("service/src/notifying/sending.rs", "LEASE_MS", "notification-send"),
                                     ("domain/src/notification/agenda.rs", "ROUND_LEASE_MS", "notification-plan")):
            source = (paths.ROOT / "shared" / path).read_text()
            lease_ms = int(re.search(rf"\b{name}: i64 = ([0-9_]+);", source)[1].replace("_", ""))
            self.assertGreater(lease_ms, 1_000 * functions()[function]["Timeout"], name)

    def test_a_rebuild_waits_until_every_projector_is_done(self):
        source = (paths.ROOT / "shared" / "service" / "src" / "rebuilding.rs").read_text()
        longest_ms = int(re.search(r"PROJECTING_MAX_MS: i64 = ([0-9_]+);", source)[1].replace("_", ""))
        self.assertEqual(longest_ms, 1_000 * functions()["progress-project"]["Timeout"] + 2_000)

    def test_an_erasure_looks_again_when_no_function_can_still_be_running(self):
        source = (paths.ROOT / "shared" / "domain" / "src" / "erasure.rs").read_text()
        settle_ms = int(re.search(r"SETTLE_MS: i64 = ([0-9_]+);", source)[1].replace("_", ""))
        self.assertGreater(settle_ms, 1_000 * max(function["Timeout"] for function in functions().values()))

    def test_an_archive_is_kept_as_long_as_the_code_says(self):
        source = (paths.ROOT / "shared" / "domain" / "src" / "export.rs").read_text()
        days = int(re.search(r"KEPT_MS: i64 = ([0-9]+) \* 24 \* 3_600_000;", source)[1])
        rules = TEMPLATES["data"]["Resources"]["UploadsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
        self.assertEqual([rule["ExpirationInDays"] for rule in rules if rule.get("Prefix") == "exports/"], [days])

    def test_every_function_has_a_role_of_its_own(self):
        roles = [function["Role"]["Fn::GetAtt"][0] for function in functions().values()]
        self.assertEqual(len(roles), len(set(roles)))
        self.assertEqual(sorted(roles), sorted(name for _, name, _ in resources("AWS::IAM::Role")))

    def test_no_role_may_do_anything_or_reach_everything(self):
        for name, function in functions().items():
            for statement in statements(function):
                for action in as_list(statement["Action"]):
                    self.assertNotIn("*", action, name)
                if statement["Action"] == "ses:SendEmail":
                    continue  # The next test.
                for resource in as_list(statement["Resource"]):
                    if is_reference(resource):
                        continue
                    pattern = resource["Fn::Sub"]
                    # One star is allowed: the keys under a named prefix of a named bucket.
                    allowed = re.fullmatch(r"arn:\$\{AWS::Partition\}:s3:::\$\{\w+\}/[a-z]+/\*", pattern)
                    self.assertTrue("*" not in pattern or allowed, f"{name}: {pattern}")

    def test_one_function_sends_mail_and_from_our_own_address_only(self):
        found = [(name, statement) for name, function in functions().items() for statement in statements(function)
                 if any(action.startswith("ses:") for action in as_list(statement["Action"]))]
        self.assertEqual([name for name, _ in found], ["notification-send"])
        self.assertEqual(found[0][1]["Action"], "ses:SendEmail")
        self.assertEqual(found[0][1]["Condition"], {"StringEqualsIfExists": {"ses:FromAddress": {"Ref": "MailFrom"}}})

    def test_the_permissions_are_the_ones_that_were_agreed(self):
        """`permissions.txt` is a line per function, action and resource: STOA_BLESS=1 writes it anew."""
        lines = sorted(f"{name:<18} {action:<32} {words(resource)}" for name, function in functions().items()
                       for statement in statements(function) for action in as_list(statement["Action"])
                       for resource in as_list(statement["Resource"]) if not action.startswith("logs:"))
        text = "\n".join(lines) + "\n"
        if os.environ.get("STOA_BLESS"):
            PERMISSIONS.write_text(text)
        self.assertEqual(PERMISSIONS.read_text().splitlines(), text.splitlines())

    def test_only_the_pipeline_reads_the_work_index_and_only_grading_reads_keys(self):
        lines = [line.split() for line in PERMISSIONS.read_text().splitlines()]
        self.assertEqual({name for name, _, resource in lines if resource.endswith("/index/work")}, {"work-sweep"})
        self.assertEqual({name for name, action, resource in lines if action == "s3:GetObject" and resource.endswith("/keys/*")},
                         {"submission-grade"})

    def test_only_erasing_deletes_people_and_what_they_did(self):
        lines = [line.split() for line in PERMISSIONS.read_text().splitlines()]
        deletes = {(name, resource) for name, action, resource in lines if "Delete" in action and not action.startswith("sqs:")}
        self.assertEqual(deletes, {("content-write", "ContentTable"), ("person-erase", "LearningTable"), ("person-erase", "PeopleTable"),
                                   ("person-erase", "UploadsBucket/exports/*"), ("person-erase", "UserPool")})

    def test_sam_adds_no_managed_policy_behind_our_back(self):
        for name in ORDER:
            if "Transform" not in TEMPLATES[name]:
                continue
            with mock.patch.dict(os.environ, AWS_DEFAULT_REGION="eu-central-1"):
                template = transform(json.loads(json.dumps(TEMPLATES[name])), {}, _NoManagedPolicies())
            for logical, resource in template["Resources"].items():
                if resource["Type"] == "AWS::IAM::Role":
                    self.assertFalse(resource["Properties"].get("ManagedPolicyArns"), logical)

    def test_every_function_writes_to_a_log_group_of_its_own_that_forgets(self):
        groups = [function["LoggingConfig"]["LogGroup"]["Ref"] for function in functions().values()]
        self.assertEqual(len(groups), len(set(groups)))
        for template, name, group in resources("AWS::Logs::LogGroup"):
            self.assertLessEqual(group["Properties"]["RetentionInDays"], 90, f"{template}: {name}")

    def test_every_function_runs_as_a_binary_on_the_one_architecture_parameter(self):
        for name, function in functions().items():
            self.assertEqual((function["Runtime"], function["Handler"]), ("provided.al2023", "bootstrap"), name)
            self.assertEqual(function["Architectures"], [{"Ref": "Architecture"}], name)

    def test_a_panic_unwinds_so_that_the_runtime_can_answer_for_it(self):
        profiles = tomllib.loads((paths.ROOT / "Cargo.toml").read_text()).get("profile", {})
        self.assertNotIn("abort", [profile.get("panic") for profile in profiles.values()])


class Queues(unittest.TestCase):
    def test_every_queue_that_a_function_reads_gives_up_into_a_dead_letter_queue(self):
        for name, source, properties in self._sources("SQS"):
            queue = self._resource(name, properties["Queue"])["Properties"]
            redrive = queue["RedrivePolicy"]
            self.assertEqual(self._resource(name, redrive["deadLetterTargetArn"])["Type"], "AWS::SQS::Queue", source)
            self.assertTrue(1 <= redrive["maxReceiveCount"] <= 10, source)
            self.assertGreaterEqual(queue["VisibilityTimeout"], 6 * functions()[name]["Timeout"], source)
            self.assertGreaterEqual(properties["ScalingConfig"]["MaximumConcurrency"], 2, source)

    def test_no_queue_is_left_without_a_reader_or_a_sender_that_failed(self):
        read = {properties["Queue"]["Fn::GetAtt"][0] for _, _, properties in self._sources("SQS")}
        dead = {self._resource(name, properties["Queue"])["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
                for name, _, properties in self._sources("SQS")}
        failed = {properties["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
                  for _, _, properties in self._sources("DynamoDB")}
        self.assertEqual(read | dead | failed, {name for _, name, _ in resources("AWS::SQS::Queue")})

    def test_every_batch_reports_its_failures_one_by_one(self):
        sources = self._sources("SQS") + self._sources("DynamoDB")
        self.assertGreaterEqual(len(sources), 5)
        for _, source, properties in sources:
            self.assertEqual(properties["FunctionResponseTypes"], ["ReportBatchItemFailures"], source)

    def test_a_stream_batch_that_fails_is_split_and_ends_up_somewhere(self):
        for _, source, properties in self._sources("DynamoDB"):
            self.assertTrue(properties["BisectBatchOnFunctionError"], source)
            self.assertTrue(0 <= properties["MaximumRetryAttempts"] <= 100, source)
            self.assertEqual(properties["DestinationConfig"]["OnFailure"]["Type"], "SQS", source)

    def test_the_relay_hears_of_pending_work_only(self):
        for _, source, properties in self._sources("DynamoDB"):
            patterns = [json.loads(each["Pattern"]) for each in properties["FilterCriteria"]["Filters"]]
            self.assertEqual(patterns, [{"dynamodb": {"NewImage": {"work_pk": {"S": [{"prefix": "PENDING#"}]}}}}], source)

    def test_every_queue_of_failures_wakes_somebody(self):
        watched = {alarm["Dimensions"]["QueueName"] for alarm in alarms().values() if "QueueName" in alarm["Dimensions"]}
        read = {properties["Queue"]["Fn::GetAtt"][0] for _, _, properties in self._sources("SQS")}
        self.assertEqual(watched | read, {name for _, name, _ in resources("AWS::SQS::Queue")})

    @staticmethod
    def _resource(function: str, reference: dict) -> dict:
        """What a function's template means by `!GetAtt X.Arn`."""
        return TEMPLATES[functions()[function]["template"]]["Resources"][reference["Fn::GetAtt"][0]]

    @staticmethod
    def _sources(kind: str) -> list[tuple[str, str, dict]]:
        return [(name, f"{name}.{event}", source["Properties"]) for name, function in functions().items()
                for event, source in function.get("Events", {}).items() if source["Type"] == kind]


class Alarms(unittest.TestCase):
    def test_every_function_that_no_request_waits_for_is_watched_for_errors_and_throttles(self):
        """The others are behind the API: when they fail or are throttled the gateway answers 5xx, and that has an alarm."""
        for metric in ("Errors", "Throttles"):
            watched = {alarm["Dimensions"]["FunctionName"] for alarm in alarms().values() if alarm["MetricName"] == metric}
            waited_for = {function["logical"] for function in functions().values() if function["template"] == "api"}
            self.assertEqual(watched | waited_for, {function["logical"] for function in functions().values()}, metric)
        self.assertEqual(alarms()["ApiFailuresAlarm"]["MetricName"], "5xx")

    def test_every_stream_has_an_alarm_for_its_lag(self):
        streams = {function["logical"] for function in functions().values()
                   if any(event["Type"] == "DynamoDB" for event in function.get("Events", {}).values())}
        watched = {alarm["Dimensions"]["FunctionName"] for alarm in alarms().values() if alarm["MetricName"] == "IteratorAge"}
        self.assertEqual(watched, streams)

    def test_every_alarm_tells_somebody_and_its_first_action_is_written_down(self):
        rows = re.findall(r"^\|([^|]+Alarm` )\|", (paths.ROOT / "docs" / "operations.md").read_text(), re.M)
        written = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
        self.assertEqual(sorted(written), sorted(alarms()))
        for _, name, alarm in resources("AWS::CloudWatch::Alarm"):
            self.assertEqual(alarm["Properties"]["AlarmActions"], [{"Ref": "Alarms"}], name)
            self.assertIn("TreatMissingData", alarm["Properties"], name)

    def test_our_own_metrics_are_the_ones_that_the_code_emits(self):
        ours = {alarm["MetricName"] for alarm in alarms().values() if alarm["Namespace"] == "Stoa"}
        files = [*(paths.ROOT / "functions").glob("*/src/*.rs"), *(paths.ROOT / "shared" / "service" / "src").rglob("*.rs")]
        emitted = " ".join(re.findall(r"target: METRICS,([^;]*);", "".join(path.read_text() for path in files)))
        for name in ours:
            self.assertRegex(emitted, rf"\b{name}\b")

    def test_the_dashboard_shows_every_alarm(self):
        (_, _, dashboard), = resources("AWS::CloudWatch::Dashboard")
        body = dashboard["Properties"]["DashboardBody"]["Fn::Sub"]
        widgets = json.loads(body)["widgets"]
        shown = next(widget["properties"]["alarms"] for widget in widgets if widget["type"] == "alarm")
        self.assertEqual(shown, [f"${{{name}.Arn}}" for name in alarms()])


class Routes(unittest.TestCase):
    def test_every_route_asks_for_a_token_with_the_scope(self):
        for _, name, route in resources("AWS::ApiGatewayV2::Route"):
            if route["Properties"]["RouteKey"] in OPEN_ROUTES:
                self.assertEqual(route["Properties"]["AuthorizationType"], "NONE", name)
                continue
            self.assertEqual(route["Properties"]["AuthorizationType"], "JWT", name)
            self.assertEqual(route["Properties"]["AuthorizerId"], {"Ref": "Authorizer"}, name)
            self.assertEqual(route["Properties"]["AuthorizationScopes"], ["stoa/api"], name)

    def test_every_integration_may_invoke_its_function(self):
        allowed = {permission["Properties"]["FunctionName"]["Ref"] for _, _, permission in resources("AWS::Lambda::Permission")}
        for _, name, integration in resources("AWS::ApiGatewayV2::Integration"):
            self.assertIn(integration["Properties"]["IntegrationUri"]["Fn::GetAtt"][0], allowed, name)

    def test_the_api_is_throttled_and_logged(self):
        (_, _, stage), = resources("AWS::ApiGatewayV2::Stage")
        self.assertGreater(stage["Properties"]["DefaultRouteSettings"]["ThrottlingRateLimit"], 0)
        self.assertNotIn("querystring", stage["Properties"]["AccessLogSettings"]["Format"].lower())


class Data(unittest.TestCase):
    def test_what_holds_data_outlives_its_stack(self):
        for kind in HOLDS_DATA:
            for template, name, resource in resources(kind):
                if (template, name) in NOT_KEPT:
                    continue
                self.assertIn(resource["DeletionPolicy"], ("Retain", "RetainExceptOnCreate"), name)
                self.assertEqual(resource["UpdateReplacePolicy"], "Retain", name)

    def test_every_table_can_be_taken_back_in_time_and_not_deleted_by_mistake(self):
        for _, name, table in resources("AWS::DynamoDB::Table"):
            self.assertTrue(table["Properties"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], name)
            self.assertTrue(table["Properties"]["DeletionProtectionEnabled"], name)

    def test_the_first_stack_fits_into_a_request_since_the_bucket_for_templates_is_its_own(self):
        self.assertLessEqual((paths.INFRA / f"{ORDER[0]}.yaml").stat().st_size, 51_200)

    def test_no_bucket_can_become_public(self):
        for _, name, bucket in resources("AWS::S3::Bucket"):
            self.assertEqual(set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()), {True}, name)
            self.assertEqual(len(bucket["Properties"]["PublicAccessBlockConfiguration"]), 4, name)


class Edge(unittest.TestCase):
    def test_each_distribution_reads_its_part_of_its_buckets_and_nobody_else_does(self):
        """The site's bucket belongs to it alone; of the data it sees what begins with t/."""
        readers = {("SiteBucket", "s3:GetObject"): ("${SiteBucket.Arn}/*", "Site"),
                   ("SiteBucket", "s3:ListBucket"): ({"Fn::GetAtt": ["SiteBucket", "Arn"]}, "Site"),
                   ("ContentBucket", "s3:GetObject"): ("arn:${AWS::Partition}:s3:::${ContentBucket}/t/*", "Site"),
                   ("UploadsBucket", "s3:GetObject"): ("arn:${AWS::Partition}:s3:::${UploadsBucket}/t/*", "Files")}
        found = {}
        for _, name, policy in resources("AWS::S3::BucketPolicy"):
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
                self.assertEqual((statement["Effect"], statement["Principal"]), ("Allow", {"Service": "cloudfront.amazonaws.com"}), name)
                source, = statement["Condition"]["StringEquals"].values()
                distribution = re.search(r":distribution/\$\{(\w+)\}$", source["Fn::Sub"])[1]
                resource = statement["Resource"].get("Fn::Sub", statement["Resource"])
                found[policy["Properties"]["Bucket"]["Ref"], statement["Action"]] = (resource, distribution)
        self.assertEqual(found, readers)

    def test_what_is_not_for_everybody_asks_for_a_signature(self):
        signed = {behaviour["TargetOriginId"]: "TrustedKeyGroups" in behaviour for behaviour in self._behaviours()}
        self.assertEqual(signed, {"site": False, "api": False, "releases": True, "uploads": True})

    def test_the_api_is_never_cached_and_gets_everything_but_the_host(self):
        api, = [behaviour for behaviour in self._behaviours() if behaviour["TargetOriginId"] == "api"]
        self.assertEqual(api["CachePolicyId"], "4135ea2d-6df8-44a3-9df3-4b5a84be39ad")
        self.assertEqual(api["OriginRequestPolicyId"], "b689b0a8-53d0-40ab-baf2-68738e2966ac")
        self.assertEqual(len(api["AllowedMethods"]), 7)

    def test_no_error_page_replaces_a_refusal_of_the_api(self):
        for _, name, distribution in resources("AWS::CloudFront::Distribution"):
            self.assertNotIn("CustomErrorResponses", distribution["Properties"]["DistributionConfig"], name)

    def test_every_answer_carries_a_policy_and_files_are_sandboxed(self):
        for behaviour in self._behaviours():
            policy = TEMPLATES["web"]["Resources"][behaviour["ResponseHeadersPolicyId"]["Ref"]]
            security = policy["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
            self.assertEqual(set(security), {"ContentSecurityPolicy", "ContentTypeOptions", "ReferrerPolicy", "StrictTransportSecurity"})
            self.assertTrue(all(each["Override"] for each in security.values()))
            content = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
            content = content.get("Fn::Sub", content) if isinstance(content, dict) else content
            self.assertIn("default-src 'none'", content)
            self.assertEqual(content.startswith("sandbox;"), behaviour["TargetOriginId"] == "uploads")
            self.assertNotIn("unsafe-eval", content)

    def test_only_the_reader_of_releases_can_sign_for_the_edge(self):
        self.assertEqual([name for name, function in functions().items() if "EdgeKeySecret" in json.dumps(function["Environment"])],
                         ["content-read"])

    @staticmethod
    def _behaviours() -> list[dict]:
        configs = [distribution["Properties"]["DistributionConfig"] for _, _, distribution in resources("AWS::CloudFront::Distribution")]
        return [behaviour for config in configs for behaviour in [*config.get("CacheBehaviors", []), config["DefaultCacheBehavior"]]]


class OneTemplateForBoth(unittest.TestCase):
    def test_a_condition_is_used_in_the_agreed_places_only(self):
        used = [(template, name) for template, contents in TEMPLATES.items()
                for name, resource in contents["Resources"].items() if "Condition" in resource]
        self.assertEqual(used, CONDITION_USES)
        for template, contents in TEMPLATES.items():
            self.assertEqual(set(contents.get("Conditions", {})), CONDITIONS.get(template, set()), template)

    def test_every_parameter_is_given_by_an_earlier_stack_or_by_the_deployment(self):
        given = {"Stage", "Architecture", "LogLevel", "DomainPrefix", "SignInOrigin", "EdgePublicKey",
                 "DomainName", "CertificateArn", "VideoOrigin", "MailDomain", "MailIdentityIsThere", "InvitationsThrough"}
        for name in ORDER:
            wanted = {parameter for parameter in TEMPLATES[name].get("Parameters", {}) if not parameter.endswith("Package")}
            self.assertLessEqual(wanted, given, name)
            given |= set(TEMPLATES[name].get("Outputs", {}))


@unittest.skipUnless(CONTRACT.exists(), "infra/contract.json is written by the code")
class Contract(unittest.TestCase):
    """The templates and the code agree. The code writes `infra/contract.json`."""

    @classmethod
    def setUpClass(cls):
        cls.contract = json.loads(CONTRACT.read_text())

    def test_the_routes_are_the_ones_that_the_code_answers(self):
        integrations = {name: integration["Properties"]["IntegrationUri"]["Fn::GetAtt"][0]
                        for _, name, integration in resources("AWS::ApiGatewayV2::Integration")}
        by_logical = {function["logical"]: name for name, function in functions().items()}
        deployed = set()
        for _, _, route in resources("AWS::ApiGatewayV2::Route"):
            target = re.fullmatch(r"integrations/\$\{(\w+)\}", route["Properties"]["Target"]["Fn::Sub"]).group(1)
            deployed.add(f"{by_logical[integrations[target]]} {route['Properties']['RouteKey']}")
        coded = {f"{route['function']} {route['method']} {route['path']}" for route in self.contract["routes"]}
        self.assertEqual(sorted(deployed), sorted(coded))

    def test_every_function_gets_the_environment_that_it_reads(self):
        for name, coded in self.contract["functions"].items():
            self.assertEqual(sorted(functions()[name]["Environment"]), sorted(coded["env"]), name)
        self.assertEqual(sorted(functions()), sorted(self.contract["functions"]))

    def test_the_tables_have_the_keys_that_the_code_uses(self):
        """`tables: {learning: {key: [pk, sk], indexes: {work: [work_pk, work_sk]}, stream: true, ttl: expires_at}}`."""
        for name, coded in self.contract.get("tables", {}).items():
            table = TEMPLATES["data"]["Resources"][f"{name.title()}Table"]["Properties"]
            keys = lambda schema: [key["AttributeName"] for key in schema]
            self.assertEqual(keys(table["KeySchema"]), coded["key"], name)
            self.assertEqual({index["IndexName"]: keys(index["KeySchema"]) for index in table.get("GlobalSecondaryIndexes", [])},
                             coded.get("indexes", {}), name)
            self.assertEqual("StreamSpecification" in table, coded.get("stream", False), name)
            self.assertEqual(table.get("TimeToLiveSpecification", {}).get("AttributeName"), coded.get("ttl"), name)


class _NoManagedPolicies:
    """SAM looks managed policies up by name; templates that name none need no look-up."""

    def load(self) -> dict:
        return {}


if __name__ == "__main__":
    unittest.main()
