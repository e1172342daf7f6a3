"""The functions' own logs, which the local AWS keeps in CloudWatch Logs as AWS does."""

from collections.abc import Callable, Iterator

# What Lambda itself writes around every invocation.
FRAME = ("START RequestId", "END RequestId", "REPORT RequestId")


def lines(client: Callable, function: str = "") -> Iterator[str]:
    """Every line of every function (or of one), in the order of time, each after its function's name."""
    logs = client("logs")
    groups = [group["logGroupName"] for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/aws/lambda/stoa-")
              for group in page["logGroups"] if group["logGroupName"].endswith(function)]
    events = [(event["timestamp"], group, event["message"].rstrip()) for group in groups
              for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
              for event in page["events"] if not event["message"].startswith(FRAME)]
    for _, group, message in sorted(events, key=lambda event: event[0]):
        yield f"{group.rsplit('/', 1)[1].split('-', 3)[3]:<18} {message}"
