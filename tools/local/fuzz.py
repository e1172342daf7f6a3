"""The fuzz targets of tests/fuzz, each for a bounded time.

They are built with the coverage instrumentation of the installed compiler and linked with libFuzzer, which comes as
source with its crate: no nightly toolchain and no other tool is needed. Without a sanitizer: the code has no `unsafe`.
"""

import os
import subprocess
from pathlib import Path

from . import paths
from .progress import run_logged, step

FOLDER = paths.ROOT / "tests" / "fuzz"
LOGS = paths.STATE / "fuzz"
SECONDS_EACH = 60
INSTRUMENTED = " ".join([
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "-Cdebug-assertions",
    "-Coverflow-checks",
])  # fmt: skip


def run(seconds: int = SECONDS_EACH) -> None:
    programs = _built()
    for target in sorted(path.stem for path in (FOLDER / "targets").glob("*.rs")):
        with step(f"fuzzing {target} for {seconds} s"):
            _fuzz(programs / target, target, seconds)


def _built() -> Path:
    host = _host()
    folder = paths.target() / "fuzz"
    with step("building the fuzz targets"):
        run_logged(
            # With --target the flags reach what is fuzzed and not the build scripts.
            ["cargo", "build", "--locked", "--release", "--target", host, "--target-dir", str(folder)],
            LOGS / "build.log",
            what="The fuzz targets do not build.",
            do="Repair tests/fuzz.",
            cwd=FOLDER,
            env={**os.environ, "RUSTFLAGS": INSTRUMENTED},
        )
    return folder / host / "release"


def _host() -> str:
    said = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout
    return next(line.removeprefix("host: ") for line in said.splitlines() if line.startswith("host: "))


def _fuzz(program: Path, target: str, seconds: int) -> None:
    """What the fuzzer learned is kept, so that the next run goes on from there."""
    corpus, found = LOGS / target, LOGS / "found"
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    limits = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", "-max_len=16384"]
    seeds = FOLDER / "seeds" / target
    folders = [str(corpus), *([str(seeds)] if seeds.is_dir() else [])]
    run_logged(
        [str(program), *limits, f"-artifact_prefix={found}/{target}-", *folders],
        LOGS / f"{target}.log",
        what=f"The fuzzer found an input that breaks `{target}`.",
        do=f"Run {program} with the file in {found}, repair the code, and keep the input as a test beside it.",
        cwd=FOLDER,
    )
