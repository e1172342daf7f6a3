"""What a person reads before a change set is executed, and what is refused."""

import unittest

from tools.deploy import account, changes
from tools.local.progress import Failure
from tools.local.stacks import Change, Plan

TABLE = "AWS::DynamoDB::Table"
FUNCTION = "AWS::Lambda::Function"


def plan(*made: Change) -> Plan:
    return Plan("data", "deploy-1", False, made)


class Words(unittest.TestCase):
    def test_what_is_new_is_gathered_and_a_replacement_cannot_be_overlooked(self):
        lines = changes.words(plan(
            Change("Add", "Sweep", FUNCTION, "False", ()),
            Change("Add", "Grade", FUNCTION, "False", ()),
            Change("Modify", "Relay", FUNCTION, "False", ("Code", "Environment")),
            Change("Modify", "Learning", TABLE, "True", ("KeySchema",)),
            Change("Modify", "People", TABLE, "Conditional", ("AttributeDefinitions",)),
            Change("Remove", "Old", FUNCTION, "False", ()),
        ))
        self.assertEqual([line.strip() for line in lines], [
            "add            2 Lambda::Function: Sweep, Grade",
            "change         Relay (Lambda::Function): Code, Environment",
            "REPLACE        Learning (DynamoDB::Table): KeySchema",
            "maybe REPLACE  People (DynamoDB::Table): AttributeDefinitions",
            "remove         Old (Lambda::Function)",
        ])


class Loss(unittest.TestCase):
    def test_data_is_not_replaced_or_removed_without_a_word(self):
        for lost in (Change("Modify", "Learning", TABLE, "True", ()), Change("Modify", "Learning", TABLE, "Conditional", ()),
                     Change("Remove", "Learning", TABLE, "False", ())):
            with self.assertRaisesRegex(Failure, "Learning"):
                changes.refuse_loss(plan(lost), allowed=False)
            changes.refuse_loss(plan(lost), allowed=True)

    def test_what_can_be_made_again_is_replaced_and_data_may_be_added_and_changed(self):
        changes.refuse_loss(plan(Change("Modify", "Relay", FUNCTION, "True", ()), Change("Remove", "Old", FUNCTION, "False", ()),
                                 Change("Add", "Learning", TABLE, "False", ()), Change("Modify", "People", TABLE, "False", ())),
                            allowed=False)


class Stages(unittest.TestCase):
    def test_a_stages_name_fits_everywhere_it_goes(self):
        for name in ("", "Prod", "1st", "with-dash", "a" * 17, "myaws", "cognitotest"):
            with self.assertRaises(Failure):
                account.check_stage(name)
        account.check_stage("prod")

    def test_the_sign_in_page_differs_by_account_region_and_stage_and_names_no_account(self):
        prefixes = {account.Account(number, region, None).sign_in_prefix(stage)
                    for number in ("111122223333", "444455556666") for region in ("eu-central-1", "us-east-1") for stage in ("a", "b")}
        self.assertEqual(len(prefixes), 8)
        self.assertFalse([prefix for prefix in prefixes if "1111" in prefix or len(prefix) > 63])


if __name__ == "__main__":
    unittest.main()
