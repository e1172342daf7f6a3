"""Runs Stoa on this machine: builds it, starts a local AWS, deploys infra/ to it and serves the web application.

`make run` keeps one such stack in `.local/`; the tests start throwaway ones with the same code.
Until the virtual environment exists only the standard library is there, so `__main__`, `venv`,
`needs` and `progress` import nothing else.
"""
