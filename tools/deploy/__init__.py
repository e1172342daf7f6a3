"""Deploys Stoa to an account of AWS, and takes it down again: `make deploy STAGE=…`, `make destroy STAGE=…`.

It uses the same templates, the same order and the same code as the local Stoa (`tools.local.stacks`). What it adds: a person
sees each change set before it is executed, the web application goes into its bucket, and nothing that holds data is
replaced or dropped without a second word.
"""
