"""`make deploy`: build, show, execute, upload, and say where it is."""

import json
import os
import sys
import time
from pathlib import Path

from tools.local import build, paths, stacks
from tools.local.progress import Failure, step
from tools.local.templates import load

from . import account, changes, edge_key, site

CALLBACK = "/signed-in"


def deploy(stage: str, *, region: str | None, architecture: str, given: dict[str, str], yes: bool, replace_data: str,
           built_for_tests: bool) -> None:
    """Brings a stage to what this checkout says. Safe to repeat, and to interrupt anywhere."""
    account.check_stage(stage)
    _check_settings(given)
    into = account.find(region)
    print(f"Deploying stage {stage} to account {into.number} in {into.region}.", flush=True)
    folder = paths.STATE / stage
    packages = build.functions(folder / "logs") if built_for_tests else build.release(architecture, folder / "logs")
    dist = build.web(folder / "logs")
    prefix = into.sign_in_prefix(stage)
    settings = {
        "Architecture": architecture, "DomainPrefix": prefix,
        "SignInOrigin": f"https://{prefix}.auth.{into.region}.amazoncognito.com", **given,
    }

    def approve(plan: stacks.Plan) -> None:
        print(f"\n  {plan.stack}: {'a new stack' if plan.is_new else 'changes'}")
        print("\n".join(changes.words(plan)), flush=True)
        changes.refuse_loss(plan, allowed=replace_data == stage)
        _confirm(f"  Execute these {len(plan.changes)} changes?", yes)
        print(f"  executing {plan.stack} …", flush=True)

    known, changed = stacks.deploy(into.client, stage, settings, packages, approve=approve,
                                   prepare=lambda name, known: prepared(into.client, name, known),
                                   poll_seconds=0.1 if built_for_tests else 5.0)
    print(f"\n  stacks: {', '.join(changed) or 'nothing changed'}", flush=True)
    with step("uploading the web application") as said:
        renewed = site.upload(into.client("s3"), known["SiteBucket"], dist, web_config(known))
        said["note"] = f"{len(renewed)} pages changed" if renewed else "nothing changed"
        if renewed:
            _invalidate(into.client("cloudfront"), known["Site"], renewed)
    endpoints = folder / "endpoints.json"
    endpoints.parent.mkdir(parents=True, exist_ok=True)
    endpoints.write_text(json.dumps(describe(known, into.region, os.environ.get("AWS_ENDPOINT_URL")), indent=2))
    _say_what_next(known, endpoints)


def _check_settings(given: dict[str, str]) -> None:
    """A name that no template knows would be set to no effect."""
    known = {name for stack in stacks.ORDER for name in load(paths.INFRA / f"{stack}.yaml").get("Parameters", {})}
    unknown = sorted(set(given) - known)
    if unknown:
        raise Failure(f"No template has a parameter {', '.join(unknown)}.", do="Look at `Parameters` in infra/*.yaml.")


def prepared(client, name: str, known: dict[str, str]) -> dict[str, str]:
    """What the stacks after `name` need and no template can make."""
    if name != "data":
        return {}
    return {"EdgePublicKey": edge_key.public_half(client("secretsmanager"), known["EdgeKeySecret"])}


def web_config(known: dict[str, str]) -> dict[str, str]:
    """What the web application reads at its start."""
    sign_in = known["SignInOrigin"]
    return {
        "authorize_url": f"{sign_in}/oauth2/authorize", "token_url": f"{sign_in}/oauth2/token",
        "logout_url": f"{sign_in}/logout", "client_id": known["WebClient"], "redirect_path": CALLBACK,
        "scope": "openid stoa/api", "content_origin": known["ContentOrigin"],
    }


def describe(known: dict[str, str], region: str, aws_endpoint: str | None) -> dict:
    """The endpoints file: everything that the operator's tool and the tests need to find a stage."""
    return {
        "web": known["WebOrigin"], "api": known["WebOrigin"], "content": known["ContentOrigin"],
        "issuer": known["Issuer"], "jwks": f"{known['Issuer']}/.well-known/jwks.json",
        "client_id": known["WebClient"], "operator_client_id": known["OperatorClient"],
        "user_pool_id": known["UserPool"], "region": region, "aws_endpoint": aws_endpoint,
        "tables": {name: known[f"{name.title()}Table"] for name in ("audit", "content", "learning", "people")},
        "buckets": {name: known[f"{name.title()}Bucket"] for name in ("content", "uploads")},
        "accounts": [],
    }


def _invalidate(cloudfront, distribution: str, keys: list[str]) -> None:
    """Only what keeps its name is asked for again; everything else has a new one."""
    paths_changed = sorted({f"/{key}" for key in keys} | ({"/"} if "index.html" in keys else set()))
    batch = {"CallerReference": str(time.time_ns()), "Paths": {"Quantity": len(paths_changed), "Items": paths_changed}}
    cloudfront.create_invalidation(DistributionId=distribution, InvalidationBatch=batch)


def _confirm(question: str, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise Failure("Nobody is there to say yes.", do="Run it in a terminal, or with YES=1.")
    if input(f"{question} [yes/no] ").strip().lower() not in ("y", "yes"):
        raise Failure("Stopped before the change set was executed. Stacks before it are as shown; this one is as it was.",
                      do="Run the same command again when you are ready: it goes on from here.")


def _say_what_next(known: dict[str, str], endpoints: Path) -> None:
    where = endpoints.relative_to(paths.ROOT) if endpoints.is_relative_to(paths.ROOT) else endpoints
    print(f"""
Stoa is deployed.

  web application   {known['WebOrigin']}
  files             {known['ContentOrigin']}
  sign-in           {known['SignInOrigin']}
  endpoints file    {where}

Next:
  1. Make the first organisation; its administrator is invited by mail:
       cargo run --bin stoa -- tenant create --endpoints {where} --id … --name … --admin-email … --admin-name …
  2. Let somebody hear the alarms:
       aws sns subscribe --topic-arn {known['Alarms']} --protocol email --notification-endpoint …
  3. Read docs/operations.md: quotas to raise before learners come, and what is not proven on AWS.""", flush=True)
