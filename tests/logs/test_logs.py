"""What the functions said while everything else was tested: what must not be in it, and what must.

Run by `make test` last, against the stack that the journeys and the browser have used. What may not be said is taken from
what is stored, so that no test has to name it.
"""

import json
import os
import re
import time
import unittest
from pathlib import Path

import boto3
from botocore.config import Config

from tools.local import logs, paths
from tools.local.localaws import ROOT_CREDENTIALS

ENDPOINTS = json.loads(Path(os.environ["STOA_ENDPOINTS"]).read_text())
# How long grading and projecting may take to say their last word on what was handed in.
SETTLE_SECONDS_MAX = 120
# Shorter texts stand in other words by chance.
TEXT_CHARS_MIN = 6
# What no test of the whole sets off: an archive that is begun five times and never finished.
ONLY_IN_TROUBLE = {"archives_given_up"}
TOKEN = re.compile(r"eyJ[\w-]{8,}|Bearer ", re.IGNORECASE)
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w+")


def client(service: str):
    config = Config(s3={"addressing_style": "path"})
    return boto3.client(service, region_name=ENDPOINTS["region"], endpoint_url=ENDPOINTS["aws_endpoint"],
                        config=config, **ROOT_CREDENTIALS)


class Said:
    """The lines of every function, each as text and, where it is one, as JSON."""

    def __init__(self):
        self.lines = [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[-1]) for line in logs.lines(client)]
        self.parsed = [(function, json.loads(text)) for function, text in self.lines if text.startswith("{")]

    def handed_in(self) -> set[str]:
        """The traces of the requests that handed in."""
        spans = [line.get("span", {}) for function, line in self.parsed if function == "attempt-write"]
        return {span["trace.id"] for span in spans
                if span.get("http.route", "").endswith("/submission") and span.get("http.status") == 201}

    def measured(self, function: str, metric: str) -> set[str]:
        """The traces under which a function wrote a metric."""
        return {line.get("trace.id") for name, line in self.parsed if name == function and metric in line}

    def is_settled(self) -> bool:
        return self.handed_in() <= self.measured("progress-project", "projection_lag_seconds")


def settled() -> Said:
    deadline = time.monotonic() + SETTLE_SECONDS_MAX
    while not (said := Said()).is_settled() and time.monotonic() < deadline:
        time.sleep(2)
    return said


def items(table: str, prefix: str) -> list[dict]:
    """Every item whose sort key begins so. Only a test may read a whole table."""
    pages = client("dynamodb").get_paginator("scan").paginate(TableName=ENDPOINTS["tables"][table])
    return [item for page in pages for item in page["Items"] if item["sk"]["S"].startswith(prefix)]


def texts(value) -> list[str]:
    """Every text in a value, keys of objects left out."""
    if isinstance(value, dict):
        return [text for member in value.values() for text in texts(member)]
    if isinstance(value, list):
        return [text for member in value for text in texts(member)]
    return [value] if isinstance(value, str) else []


class Logs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.said = settled()

    def none_of(self, forbidden: set[str], what: str) -> None:
        self.assertTrue(forbidden, f"the tests have stored no {what}: nothing was searched for")
        found = {(function, text) for function, line in self.said.lines for text in forbidden
                 if re.search(rf"(?<![\w-]){re.escape(text)}(?![\w-])", line)}
        self.assertFalse(found, f"{what} in the logs")

    def test_every_function_has_spoken(self):
        functions = {path.parent.name for path in paths.ROOT.glob("functions/*/Cargo.toml")}
        self.assertEqual(functions - {function for function, _ in self.said.lines}, set())

    def test_every_line_is_json(self):
        others = [(function, line) for function, line in self.said.lines if not line.startswith("{")]
        self.assertEqual(others[:5], [])

    def test_one_hand_in_is_one_trace_from_the_request_over_its_grade_to_the_progress(self):
        handed_in = self.said.handed_in()
        self.assertTrue(handed_in, "nothing was handed in")
        self.assertEqual(handed_in - self.said.measured("submission-grade", "grading_lag_seconds"), set(), "not graded")
        self.assertEqual(handed_in - self.said.measured("progress-project", "projection_lag_seconds"), set(), "not projected")

    def test_metrics_are_the_documented_ones(self):
        chapter = (paths.ROOT / "docs" / "operations.md").read_text().split("\n## Metrics\n")[1].split("\n## ")[0]
        documented = set(re.findall(r"^\| `(\w+)` \|", chapter, re.MULTILINE))
        written = {metric["Name"] for _, line in self.said.parsed if "_aws" in line
                   for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]}
        self.assertEqual(written | ONLY_IN_TROUBLE, documented)

    def test_no_address_and_no_token_is_in_any_line(self):
        found = [(function, line) for function, line in self.said.lines if ADDRESS.search(line) or TOKEN.search(line)]
        self.assertEqual(found[:5], [])

    def test_nobody_is_named(self):
        people = items("people", "PERSON#")
        # Whoever was erased has neither.
        for attribute in ("name", "email"):
            known = {person[attribute]["S"] for person in people if attribute in person}
            self.none_of({text for text in known if len(text) >= TEXT_CHARS_MIN}, f"the {attribute} of anybody")

    def test_no_answer_is_repeated(self):
        stored = [item["answers"]["S"] for prefix in ("ATTEMPT#", "BODY#") for item in items("learning", prefix) if "answers" in item]
        answers = {answer["text"] for text in stored for answer in json.loads(text).values() if answer["type"] == "text"}
        self.none_of({answer for answer in answers if len(answer) >= TEXT_CHARS_MIN}, "answers")

    def test_no_key_is_given_away(self):
        s3, bucket = client("s3"), ENDPOINTS["buckets"]["content"]
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="keys/")
        objects = [s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read() for page in pages for entry in page.get("Contents", [])]
        keys = {text for body in objects for item in json.loads(body)["items"].values() for text in texts(item["key"])}
        self.none_of({key for key in keys if len(key) >= TEXT_CHARS_MIN and "_" not in key}, "keys")
