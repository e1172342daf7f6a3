"""What the local server needs to play the distributions: their configuration as it was deployed, resolved.

Nothing about behaviours, headers, signatures or the pages' function is written down a second time: what a browser meets
here is what infra/web.yaml says.
"""

import json
from collections.abc import Callable

from .localaws import REGION, ROOT_CREDENTIALS
from .ports import Ports


def settings(client: Callable, known: dict[str, str], ports: Ports) -> dict:
    """Everything that serve.mjs reads."""
    # Where the distributions name each other, a browser on this machine has to find their stand-ins.
    stand_ins = {f"https://{_domain(client, known['Site'])}": known["WebOrigin"],
                 f"https://{_domain(client, known['Files'])}": known["ContentOrigin"]}
    buckets = {"site": known["SiteBucket"], "releases": known["ContentBucket"], "uploads": known["UploadsBucket"]}
    played = [(ports.web, "WebOrigin", "Site"), (ports.content, "ContentOrigin", "Files")]
    distributions = [{"port": port, "origin": known[origin], "behaviours": _distribution(client, known[name])}
                     for port, origin, name in played]
    text = json.dumps(distributions)
    for there, here in stand_ins.items():
        text = text.replace(there, here)
    return {
        "distributions": json.loads(text), "aws_port": ports.aws, "region": REGION, "api_id": known["Api"],
        "buckets": buckets, "listed": [origin for origin, bucket in buckets.items() if _may_list(client, bucket)],
        "credentials": {"id": ROOT_CREDENTIALS["aws_access_key_id"], "secret": ROOT_CREDENTIALS["aws_secret_access_key"]},
        "edge_public_key": known["EdgePublicKey"], "edge_key_id": known["EdgeKeyId"],
    }


def _distribution(client: Callable, distribution_id: str) -> list[dict]:
    """The behaviours of a distribution in the order in which they are tried."""
    cloudfront = client("cloudfront")
    config = cloudfront.get_distribution_config(Id=distribution_id)["DistributionConfig"]
    behaviours = [*config.get("CacheBehaviors", {}).get("Items", []), {**config["DefaultCacheBehavior"], "PathPattern": "*"}]
    return [{
        "pattern": each["PathPattern"],
        "origin": each["TargetOriginId"],
        "methods": each.get("AllowedMethods", {}).get("Items", ["GET", "HEAD"]),
        "signed": bool(each.get("TrustedKeyGroups", {}).get("Items")),
        "query": _query(cloudfront, each),
        "headers": _headers(cloudfront, each["ResponseHeadersPolicyId"]),
        "function": _function(cloudfront, each),
    } for each in behaviours]


def _domain(client: Callable, distribution_id: str) -> str:
    return client("cloudfront").get_distribution(Id=distribution_id)["Distribution"]["DomainName"]


def _may_list(client: Callable, bucket: str) -> bool:
    """S3 says of a missing object that it is missing only to whoever may list the bucket."""
    policy = json.loads(client("s3").get_bucket_policy(Bucket=bucket)["Policy"])
    return any(statement["Action"] == "s3:ListBucket" for statement in policy["Statement"])


def _query(cloudfront, behaviour: dict) -> list[str] | None:
    """The query parameters that reach the origin; None for all of them, as the API's managed policy has it."""
    if "OriginRequestPolicyId" in behaviour:
        return None
    policy = cloudfront.get_cache_policy(Id=behaviour["CachePolicyId"])["CachePolicy"]["CachePolicyConfig"]
    strings = policy["ParametersInCacheKeyAndForwardedToOrigin"]["QueryStringsConfig"]
    return strings.get("QueryStrings", {}).get("Items", [])


def _headers(cloudfront, policy_id: str) -> dict[str, str]:
    """A policy for headers of answers, as those headers."""
    config = cloudfront.get_response_headers_policy(Id=policy_id)["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]
    security = config.get("SecurityHeadersConfig", {})
    headers = {each["Header"].lower(): each["Value"] for each in config.get("CustomHeadersConfig", {}).get("Items", [])}
    if "ContentSecurityPolicy" in security:
        headers["content-security-policy"] = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    if "ContentTypeOptions" in security:
        headers["x-content-type-options"] = "nosniff"
    if "ReferrerPolicy" in security:
        headers["referrer-policy"] = security["ReferrerPolicy"]["ReferrerPolicy"]
    if "StrictTransportSecurity" in security:
        headers["strict-transport-security"] = f"max-age={security['StrictTransportSecurity']['AccessControlMaxAgeSec']}"
    return headers


def _function(cloudfront, behaviour: dict) -> str | None:
    """The source of the function that sees a request before the cache does."""
    for each in behaviour.get("FunctionAssociations", {}).get("Items", []):
        if each["EventType"] == "viewer-request":
            name = each["FunctionARN"].rsplit("/", 1)[1]
            return cloudfront.get_function(Name=name, Stage="LIVE")["FunctionCode"].read().decode()
    return None
