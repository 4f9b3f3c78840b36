"""A delivered folder against its own manifest and checksums: nothing missing, nothing changed, nothing added.

Works offline, without the project and without what made the folder; ``sha256sum -c SHA256SUMS`` in the
folder says the same of the files.  What was checked before publishing (the gates) is told as the manifest
has it: an audit looks at bytes and repeats no gate.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from kernels_lib.errors import BadData

SUMS, MANIFEST = "SHA256SUMS", "manifest.json"

# A checksum, two blanks (or a blank and a star), a name in the same folder.
_LINE = re.compile(r"([0-9a-f]{64}) [ *]([^/\\]+)\Z")


@dataclass(frozen=True)
class Audit:
    """What an audit found.

    Attributes
    ----------
    problems : tuple of str
        One sentence each, with the file's name first; empty if all is as it was published.
    files : mapping of str to int
        The files that were looked at, and their bytes.
    manifest : mapping
        As it stands in the folder; empty if it cannot be read.
    """

    problems: tuple[str, ...]
    files: Mapping[str, int]
    manifest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def not_run(self) -> list[str]:
        """Gates that could not run when the folder was published; they are no passes."""
        return sorted(name for name, state in self.manifest.get("gates", {}).items() if state != "passed")


def audit(place: Path) -> dict[str, Audit]:
    """Hold a delivery against its manifests.

    Parameters
    ----------
    place : Path
        A client's folder, a folder of such folders, or a zip file of either.

    Returns
    -------
    dict of str to Audit
        By the folder's name below `place`; the empty name is `place` itself.

    Raises
    ------
    BadData
        If there is no delivery.
    """
    files = _read_zip(place) if place.is_file() else _read_folder(place)
    folders = sorted({str(PurePosixPath(name).parent) for name in files if PurePosixPath(name).name == MANIFEST})
    # The list of a whole site is no delivery: its folders are.
    folders = [name for name in folders if _lists_files(files, name)]
    if not folders:
        raise BadData(
            f"holds no {MANIFEST} of a delivery.",
            where=place.name,
            remedy="Give a client's folder, such as build/site/clients/brand-07, or a zip that was delivered.",
        )
    found = {}
    for folder in folders:
        prefix = "" if folder == "." else f"{folder}/"
        found[prefix.rstrip("/")] = _audited(
            {n.removeprefix(prefix): c for n, c in files.items() if n.startswith(prefix)}
        )
    return found


def _lists_files(files: Mapping[str, bytes], folder: str) -> bool:
    name = MANIFEST if folder == "." else f"{folder}/{MANIFEST}"
    manifest = _parsed(files[name])
    return manifest is None or "entries" not in manifest


def _read_folder(place: Path) -> dict[str, bytes]:
    if not place.is_dir():
        raise BadData("is no folder and no zip file.", where=place.name)
    return {
        path.relative_to(place).as_posix(): path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()
    }


def _read_zip(place: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(place.read_bytes())) as package:
            if bad := package.testzip():
                raise BadData(f"is damaged at '{bad}'.", where=place.name, remedy="Have it sent again.")
            return {name: package.read(name) for name in package.namelist() if not name.endswith("/")}
    except zipfile.BadZipFile as error:
        raise BadData("is no folder and no zip file.", where=place.name) from error


def _parsed(raw: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(raw)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _audited(files: Mapping[str, bytes]) -> Audit:
    """One folder; `files` by their names in it."""
    sizes = {name: len(content) for name, content in files.items()}
    manifest = _parsed(files[MANIFEST])
    if manifest is None or not isinstance(manifest.get("files"), dict):
        return Audit((f"{MANIFEST}: cannot be read",), sizes)
    problems = _against_manifest(files, manifest) + _against_sums(files, manifest)
    return Audit(tuple(dict.fromkeys(problems)), sizes, manifest)


def _against_manifest(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> list[str]:
    problems = []
    for name, entry in sorted(manifest["files"].items()):
        if name not in files:
            problems.append(f"{name}: is missing")
        elif sha256(files[name]).hexdigest() != entry["sha256"]:
            problems.append(f"{name}: is not what was published ({len(files[name]):,} bytes, were {entry['bytes']:,})")
    known = {*manifest["files"], SUMS, MANIFEST}
    return problems + [f"{name}: was added; nothing of it was checked" for name in sorted(files) if name not in known]


def _against_sums(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> list[str]:
    if SUMS not in files:
        return [f"{SUMS}: is missing"]
    problems, listed = [], set()
    for line in files[SUMS].decode("utf-8", "replace").splitlines():
        found = _LINE.match(line)
        if not found:
            problems.append(f"{SUMS}: a line is no checksum and name: {line[:60]}")
            continue
        digest, name = found.groups()
        listed.add(name)
        if name not in files:
            problems.append(f"{name}: is missing")
        elif sha256(files[name]).hexdigest() != digest:
            problems.append(f"{name}: is not what {SUMS} says")
    unlisted = sorted({*manifest["files"], MANIFEST} - listed)
    return problems + [f"{SUMS}: says nothing of {name}" for name in unlisted]
