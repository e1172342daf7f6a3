"""Builds what is deployed: the functions' packages and the web application."""

import hashlib
import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

from . import paths
from .progress import Failure, run_logged, step

# Packages of the same bytes have the same digest, so nothing in a zip may depend on when it was made.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
ZIP_MODE = 0o100755


@dataclass(frozen=True)
class Package:
    """One function's zip. The digest is of the binary and names the object that is deployed."""

    function: str
    digest: str
    path: Path

    @property
    def key(self) -> str:
        return f"{self.function}/{self.digest}.zip"

    @property
    def parameter(self) -> str:
        """The template parameter that takes the key: `content-read` is `ContentReadPackage`."""
        return "".join(word.title() for word in self.function.split("-")) + "Package"


def functions(logs: Path) -> list[Package]:
    """Builds every function and the operator's tool in one call. The local AWS runs plain host binaries."""
    names = paths.function_names()
    if not names:
        raise Failure("There is no function to build: functions/ is empty.")
    with step("building the functions"):
        # The whole workspace, as the tests build it: for a part of it cargo would build the AWS SDK again.
        run_logged(["cargo", "build", "--locked", "--workspace", "--bins"], logs / "cargo.log", cwd=paths.ROOT,
                   what="The functions do not build", do="Read the compiler's messages above.")
    with step("packing the functions") as said:
        made = [_package(name, paths.target() / "debug" / name) for name in names]
        said["note"] = f"{sum(fresh for _, fresh in made)} of {len(made)} changed"
    return [package for package, _ in made]


def release(architecture: str, logs: Path) -> list[Package]:
    """Builds the packages for AWS with cargo-lambda, which links against Amazon Linux's C library."""
    names = paths.function_names()
    flag = {"arm64": ["--arm64"], "x86_64": ["--x86-64"]}[architecture]
    with step(f"building the functions for AWS ({architecture})"):
        env = {**os.environ, "PATH": f"{paths.VENV / 'bin'}:{os.environ['PATH']}"}
        packages = [argument for name in names for argument in ("-p", name)]
        run_logged([str(paths.VENV / "bin" / "cargo-lambda"), "lambda", "build", "--release", "--locked", *flag, *packages],
                   logs / "cargo-lambda.log", cwd=paths.ROOT, env=env,
                   what="The functions do not build for AWS", do="Read the messages above.")
    return [_package(name, paths.target() / "lambda" / name / "bootstrap")[0] for name in names]


def _package(function: str, binary: Path) -> tuple[Package, bool]:
    """Zips one binary as `bootstrap`, unless the same bytes were zipped before."""
    if not binary.exists():
        raise Failure(f"{binary} was not built.", do=f"Its package and its binary both have to be named {function}.")
    contents = binary.read_bytes()
    digest = hashlib.sha256(contents).hexdigest()[:20]
    path = paths.target() / "packages" / function / f"{digest}.zip"
    fresh = not path.exists()
    if fresh:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The one before stays: another run on this machine may be uploading it.
        for old in sorted(path.parent.glob("*.zip"), key=lambda zipped: zipped.stat().st_mtime)[:-1]:
            old.unlink(missing_ok=True)
        entry = zipfile.ZipInfo("bootstrap", ZIP_TIME)
        entry.external_attr = ZIP_MODE << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        unfinished = path.with_suffix(f".{os.getpid()}")
        with zipfile.ZipFile(unfinished, "w") as file:
            file.writestr(entry, contents, compresslevel=1)
        unfinished.rename(path)
    return Package(function, digest, path), fresh


def web(logs: Path) -> Path:
    """Builds the web application into web/dist, unless its sources are the ones it was built from."""
    dist = paths.WEB / "dist"
    if not (paths.WEB / "package.json").exists():
        return dist
    _npm_install(paths.WEB, logs)
    mark = paths.WEB / "node_modules" / ".stoa-built"
    digest = _tree_digest(paths.WEB, skip={"node_modules", "dist"})
    with step("building the web application") as said:
        if dist.exists() and mark.exists() and mark.read_text() == digest:
            said["note"] = "unchanged"
        else:
            for script in ("types", "build"):
                run_logged(["npm", "run", script, "--if-present"], logs / "web.log", cwd=paths.WEB,
                           what="The web application does not build", do="Read the messages above.")
            # `types` writes a source file, so the mark is of the tree as it is now.
            mark.write_text(_tree_digest(paths.WEB, skip={"node_modules", "dist"}))
    return dist


def browser_tests(folder: Path, logs: Path) -> None:
    _npm_install(folder, logs)


def _npm_install(folder: Path, logs: Path) -> None:
    lock = folder / "package-lock.json"
    mark = folder / "node_modules" / ".stoa-installed"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    with step(f"installing {folder.relative_to(paths.ROOT)}'s packages") as said:
        if mark.exists() and mark.read_text() == digest:
            said["note"] = "unchanged"
            return
        env = {**os.environ, "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}
        run_logged(["npm", "ci", "--no-audit", "--no-fund"], logs / "npm.log", cwd=folder, env=env,
                   what="npm could not install the packages", do="Check the network connection and try again.")
        mark.write_text(digest)


def _tree_digest(folder: Path, skip: set[str]) -> str:
    """A digest of every file's name and bytes. The API's description is a source of the web's types too."""
    digest = hashlib.sha256()
    files = [p for top in sorted(folder.iterdir()) if top.name not in skip
             for p in ([top] if top.is_file() else sorted(top.rglob("*"))) if p.is_file()]
    files += sorted((paths.ROOT / "docs" / "api").glob("*.json"))
    for path in files:
        digest.update(json.dumps(str(path.relative_to(paths.ROOT))).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
