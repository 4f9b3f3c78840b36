"""What this toolkit is made of, for machines: ``sbom.cdx.json``, a CycloneDX bill of materials.

    python -m kernels_lib.production.bom        (part of make lock)

Python packages are those of requirements.lock, which pins each of them by hash; scripts that documents
carry are those of the vendored folders, which their SHA256SUMS pin.  The file depends on these alone, so
that it is the same on every machine and a test can compare it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from kernels_lib import __version__

ROOT = Path(__file__).resolve().parents[2]
ASSETS = Path(__file__).parent / "publish" / "assets"
NAME = "sbom.cdx.json"

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: ; (.+?))?\s*\\?$")
# Where refresh.sh says what is vendored: NAME="package@version".
_VENDORED = re.compile(r'^[A-Z]+="([\w.-]+)@([\w.-]+)"$', re.M)


def bill(root: Path = ROOT) -> dict[str, Any]:
    """The bill of materials as plain values."""
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "scorecard-reports",
                "name": "scorecard-reports",
                "version": __version__,
                "licenses": [{"license": {"id": "MIT"}}],
            },
            "properties": [
                {"name": "requirements.lock:sha256", "value": sha256(lock.encode("utf-8")).hexdigest()},
            ],
        },
        "components": [*_packages(lock), *_vendored()],
    }


def _packages(lock: str) -> Iterator[dict[str, Any]]:
    for name, version, marker in pins(lock):
        found = {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name}@{version}",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
        }
        yield {**found, "properties": [{"name": "marker", "value": marker}]} if marker else found


def pins(lock: str) -> Iterator[tuple[str, str, str]]:
    """Name, version and marker of each package of a lock."""
    for line in lock.splitlines():
        if found := _PIN.match(line):
            yield found[1].lower(), found[2], found[3] or ""


def _vendored() -> Iterator[dict[str, Any]]:
    """The scripts and styles that documents carry, each file with its checksum."""
    sums = [line.split("  ", 1) for line in (ASSETS / "SHA256SUMS").read_text(encoding="utf-8").splitlines()]
    for name, version in _VENDORED.findall((ASSETS / "refresh.sh").read_text(encoding="utf-8")):
        folder = name.partition(".")[0]
        yield {
            "type": "library",
            "bom-ref": f"pkg:npm/{name}@{version}",
            "name": name,
            "version": version,
            "purl": f"pkg:npm/{name}@{version}",
            "licenses": [{"license": {"id": "MIT"}}],
            "components": [
                {
                    "type": "file",
                    "bom-ref": f"pkg:npm/{name}@{version}#{file}",
                    "name": file,
                    "hashes": [{"alg": "SHA-256", "content": digest}],
                }
                for digest, file in sums
                if file.startswith(f"{folder}/")
            ],
        }


def written(root: Path = ROOT) -> str:
    """The file's text."""
    return json.dumps(bill(root), indent=1) + "\n"


if __name__ == "__main__":
    (ROOT / NAME).write_text(written(), encoding="utf-8")
