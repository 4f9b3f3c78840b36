"""Where things are: the project's root and the folders below it.

The root is ``$SCORECARD_ROOT``, else the nearest parent of the working directory that holds
``params/study.yaml``.
"""

from __future__ import annotations

import os
import re
import unicodedata
from hashlib import sha256
from pathlib import Path

from kernels_lib.errors import ScorecardError

# Windows keeps some names for devices, in every folder.
SLUG = re.compile(r"(?!(?:con|prn|aux|nul|com[0-9]|lpt[0-9])\Z)[a-z][a-z0-9-]{0,38}[a-z0-9]\Z")


def find_root(start: Path | None = None) -> Path:
    """The project's root.

    Raises
    ------
    ScorecardError
        If neither ``$SCORECARD_ROOT`` nor a parent folder holds ``params/study.yaml``.
    """
    named = os.environ.get("SCORECARD_ROOT")
    if named:
        root = Path(named)
        if not (root / "params" / "study.yaml").is_file():
            raise ScorecardError(
                f"there is no params/study.yaml in '{root.name}'.",
                where="SCORECARD_ROOT",
                remedy="Set it to the folder that holds params/, or unset it and run inside the project.",
            )
        return root.resolve()
    found = root_above(start or Path.cwd())
    if found is not None:
        return found
    raise ScorecardError(
        "no project here: neither this folder nor a parent holds params/study.yaml.",
        remedy="Change into the project's folder, or set SCORECARD_ROOT to it.",
    )


def root_above(folder: Path) -> Path | None:
    """The nearest of a folder and its parents that holds ``params/study.yaml``; None where none does."""
    here = folder.resolve()
    return next((above for above in (here, *here.parents) if (above / "params" / "study.yaml").is_file()), None)


def shown(path: Path, root: Path) -> str:
    """`path` as messages print it: relative to the root, with forward slashes."""
    resolved = path if path.is_absolute() else root / path
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else resolved.name


def slug_of(name: str) -> str:
    """A file name for a display name: ASCII, lower case, at most 40 characters.

    A name that leaves nothing (Japanese, say) gets one from its hash, the same every time.

    Examples
    --------
    >>> slug_of("Brand 07"), slug_of("Crédit & Co"), slug_of("日本銀行"), slug_of("CON")
    ('brand-07', 'credit-co', 'unit-73231e55', 'unit-con')
    """
    normal = unicodedata.normalize("NFKC", name)
    plain = unicodedata.normalize("NFKD", normal).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-")[:40].rstrip("-")
    if not SLUG.match(slug):
        slug = f"unit-{slug}" if slug else "unit-" + sha256(normal.encode()).hexdigest()[:8]
    return slug[:40].rstrip("-")


def inside(path: Path, folder: Path) -> bool:
    """Whether a path, links followed, is in a folder or below it."""
    return path.resolve().is_relative_to(folder.resolve())


def params_folder(root: Path, study_name: str) -> Path:
    """``params/`` of the main study, ``params/studies/NAME/`` of a further one."""
    return root / "params" / "studies" / study_name if study_name else root / "params"


def build_folder(root: Path, study_name: str) -> Path:
    """Where a study's site and results go."""
    build = root / "build"
    return build / "studies" / study_name if study_name else build
