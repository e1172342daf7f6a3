"""A change set in plain words, and which of its changes need a second word."""

import textwrap

from tools.local.progress import Failure
from tools.local.stacks import Change, Plan

# What cannot be made again. Templates retain these; a change set that replaces one leaves the data behind in the old one.
HOLDS_DATA = frozenset({
    "AWS::Cognito::UserPool",
    "AWS::DynamoDB::Table",
    "AWS::SES::EmailIdentity",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
})

LINE_CHARS = 120
VERBS = {"Add": "add", "Modify": "change", "Remove": "remove", "Import": "adopt", "Dynamic": "change"}


def words(plan: Plan) -> list[str]:
    """One line a change, but for what is added: that is one paragraph a kind. What is replaced says so, what may be as well."""
    added = sorted({change.kind for change in plan.changes if change.action == "Add"})
    others = [change for change in plan.changes if change.action != "Add"]
    return [*(_paragraph(kind, [change.resource for change in plan.changes if (change.action, change.kind) == ("Add", kind)])
              for kind in added),
            *(f"    {_verb(change):<14} {change.resource} ({_short(change.kind)})" + _details(change) for change in others)]


def _paragraph(kind: str, names: list[str]) -> str:
    text = f"{'add':<14} {len(names)} {_short(kind)}: {', '.join(names)}"
    return textwrap.fill(text, LINE_CHARS, initial_indent=" " * 4, subsequent_indent=" " * 19, break_on_hyphens=False)


def _short(kind: str) -> str:
    return kind.removeprefix("AWS::")


def refuse_loss(plan: Plan, *, allowed: bool) -> None:
    """Fails if a resource that holds data would be replaced or removed, and nobody has said that it may."""
    lost = [change for change in plan.changes if _loses_data(change)]
    if lost and not allowed:
        names = ", ".join(f"{change.resource} ({_verb(change)})" for change in lost)
        raise Failure(
            f"This would leave data behind in stack {plan.stack}: {names}.",
            do="Read why in the lines above. If that is what you want, run the command again with REPLACE_DATA=<stage>.")


def _loses_data(change: Change) -> bool:
    is_lost = change.action == "Remove" or change.action != "Add" and change.replacement in ("True", "Conditional")
    return is_lost and change.kind in HOLDS_DATA


def _verb(change: Change) -> str:
    if change.action == "Modify" and change.replacement != "False":
        return "REPLACE" if change.replacement == "True" else "maybe REPLACE"
    return VERBS.get(change.action, change.action.lower())


def _details(change: Change) -> str:
    return f": {', '.join(change.details)}" if change.details else ""
