"""What is installed, what is missing, and what that switches off.

Each finding is *well*, *missing* (something optional is not there: the rest works) or *broken* (reports
cannot be made as they should).  Nothing is mended here; each finding says how.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from kernels_lib.paths import build_folder
from kernels_lib.production import browser
from kernels_lib.production.engines import template
from kernels_lib.study.theme import SANS, SERIF

DISTRIBUTION = "scorecard-reports"
OLDEST = (3, 11)

# Below this nothing should be begun; below the other it should be known.
LEAST_FREE, LITTLE_FREE = 200_000_000, 2_000_000_000

# What each group of further packages is for.
DISABLES = {
    "browser": "report.pdf, build --inspect, and the inspection of deliveries",
    "cluster": "build --scheduler, and deliveries to object stores",
    "lab": "scorecard lab and reports/explore.ipynb",
    "test": "make test",
}

# Families that documents are laid out for, each with those that stand in for it.
FAMILIES = {"text": SANS, "headings": SERIF}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    state: Literal["well", "missing", "broken"]
    found: str
    disables: str = ""
    remedy: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def diagnose(root: Path) -> list[Finding]:
    """Everything that a project needs of this machine, looked at now."""
    return [finding for look in LOOKS for finding in look(root)]


def healthy(findings: list[Finding]) -> bool:
    """Whether reports can be made as they should."""
    return all(finding.state != "broken" for finding in findings)


def _python(root: Path) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= OLDEST:
        yield Finding("Python", "well", version)
    else:
        yield Finding(
            "Python", "broken", version, "everything", f"Install Python {'.'.join(map(str, OLDEST))} or later."
        )


def _packages(root: Path) -> Iterator[Finding]:
    """What the toolkit requires, and each group of further packages."""
    groups = _required(root)
    for group, requirements in groups.items():
        wrong = sorted(filter(None, map(_unmet, requirements)))
        name = f"packages of '{group}'" if group else "packages"
        if not wrong:
            yield Finding(name, "well", f"{len(requirements)} as required")
        elif not group:
            yield Finding(
                name, "broken", "; ".join(wrong), "what needs them", "Install them: make reports, or pip install ."
            )
        else:
            remedy = f"Install them with: pip install '{DISTRIBUTION}[{group}]'."
            yield Finding(name, "missing", "; ".join(wrong), DISABLES.get(group, f"what needs '{group}'"), remedy)


def _required(root: Path) -> dict[str, list[Any]]:
    """Requirements by the extra that asks for them; those of the toolkit itself under the empty name."""
    from packaging.requirements import Requirement

    groups: dict[str, list[Any]] = {"": []}
    project = root / "pyproject.toml"
    if project.is_file():
        import tomllib

        said = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
        groups[""] = list(map(Requirement, said.get("dependencies", [])))
        for extra, listed in said.get("optional-dependencies", {}).items():
            groups[extra] = list(map(Requirement, listed))
        return groups
    for text in metadata.requires(DISTRIBUTION) or []:
        requirement = Requirement(text)
        plain = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        extras = metadata.metadata(DISTRIBUTION).get_all("Provides-Extra") or []
        asked = [""] if plain else [one for one in extras if requirement.marker.evaluate({"extra": one})]
        for extra in asked:
            groups.setdefault(extra, []).append(requirement)
    return groups


def _unmet(requirement: Any) -> str:
    """What is wrong with a requirement; empty where it is met or not meant for this machine."""
    if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
        return ""
    found = _installed(requirement.name)
    if not found:
        return f"{requirement.name} is not installed"
    if not requirement.specifier.contains(found, prereleases=True):
        return f"{requirement.name} is {found} and should be {requirement.specifier}"
    return ""


@cache
def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _lock(root: Path) -> Iterator[Finding]:
    """Versions against requirements.lock: other ones may give other digits."""
    path = root / "requirements.lock"
    if not path.is_file():
        return
    from packaging.requirements import Requirement

    pins = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith((" ", "#", "-")):
            pins.append(Requirement(line.rstrip("\\ ")))
    here = [pin for pin in pins if pin.marker is None or pin.marker.evaluate()]
    present = [(pin, _installed(pin.name)) for pin in here if _installed(pin.name)]
    others = sorted(
        f"{pin.name} {found} (locked: {pin.specifier})"
        for pin, found in present
        if not pin.specifier.contains(found, prereleases=True)
    )
    if not others:
        yield Finding("versions", "well", f"{len(present)} packages as in requirements.lock")
        return
    listed = ", ".join(others[:5]) + (f" and {len(others) - 5} more" if len(others) > 5 else "")
    yield Finding(
        "versions", "missing", listed, "equal bytes on every machine; numbers may differ in their last digits",
        "Make the environment again: remove .venv, then make reports.",
    )  # fmt: skip


def _browser(root: Path) -> Iterator[Finding]:
    lacking = browser.missing_for_browser() or browser.missing_for_pdf()
    if lacking:
        found, _, remedy = lacking.partition(". ")
        yield Finding("browser", "missing", f"{found}.", DISABLES["browser"], remedy)
    else:
        yield Finding("browser", "well", Path(browser.find_browser() or "").name)


def _fonts(root: Path) -> Iterator[Finding]:
    lister = shutil.which("fc-list")
    if lister is None:
        yield Finding("fonts", "well", "not looked at: there is no fc-list on this system")
        return
    done = subprocess.run([lister, ":", "family"], capture_output=True, text=True, timeout=60)
    known = {name.strip().casefold() for line in done.stdout.splitlines() for name in line.split(",")}
    for use, stack in FAMILIES.items():
        # What begins with a hyphen is a name of the system's, and the last one a kind, no family.
        families = [name.strip(' "') for name in stack.split(",")[:-1] if not name.startswith("-")]
        there = next((family for family in families if family.casefold() in known), "")
        if there:
            yield Finding(f"type for {use}", "well", there)
        else:
            yield Finding(
                f"type for {use}", "missing", f"none of {', '.join(families)}",
                "the look of report.pdf and of pictures; readers' own machines have their own type",
                f"Install one, for example {families[-1]}.",
            )  # fmt: skip


def _engines(root: Path) -> Iterator[Finding]:
    if template.supported():
        yield Finding("engine", "well", "notebooks run in processes forked from a warm one")
    else:
        yield Finding("engine", "missing", f"no safe fork on {sys.platform}", "speed: each notebook starts a kernel")
    try:
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

        KernelSpecManager().get_kernel_spec("python3")
    except (ImportError, NoSuchKernel):
        yield Finding(
            "kernel", "broken", "there is no Jupyter kernel called python3", "--engine stock, and JupyterLab",
            "Install one: python -m ipykernel install --sys-prefix.",
        )  # fmt: skip
        return
    yield Finding("kernel", "well", "python3")


def _disk(root: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(root).free
    found = f"{free / 1e9:.1f} GB free"
    if free < LEAST_FREE:
        yield Finding("disk", "broken", found, "builds, which stop halfway", "Make room; build/ can be removed.")
    elif free < LITTLE_FREE:
        yield Finding("disk", "missing", found, "builds of many clients", "Make room; build/cache can be removed.")
    else:
        yield Finding("disk", "well", found)


def _writing(root: Path) -> Iterator[Finding]:
    folder = build_folder(root, "")
    try:
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield Finding(
            "build/", "broken", f"cannot be written: {error.strerror}", "builds",
            "Give yourself the right to write there, or copy the project to a folder of yours.",
        )  # fmt: skip
        return
    yield Finding("build/", "well", "can be written")


def _git(root: Path) -> Iterator[Finding]:
    if shutil.which("git") is None:
        yield Finding("git", "missing", "not installed", "who changed which parameter, and when", "Install git.")
        return
    asked = ["git", "-C", str(root), "rev-parse", "--short", "HEAD"]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60, env={**os.environ, "LC_ALL": "C"})
    if done.returncode:
        yield Finding(
            "git", "missing", "the project is in no repository", "who changed which parameter, and when",
            "Begin one: git init, git add, git commit.",
        )  # fmt: skip
    else:
        yield Finding("git", "well", f"at {done.stdout.strip()}")


LOOKS: tuple[Callable[[Path], Iterator[Finding]], ...] = (
    _python, _packages, _lock, _browser, _fonts, _engines, _disk, _writing, _git,
)  # fmt: skip
