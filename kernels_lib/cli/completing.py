"""What a shell offers when the Tab key is pressed: names of this project's clients, industries and studies.

Each is asked for while somebody types, so nothing heavy is imported; where the project cannot be read,
nothing is offered, and the command itself says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer


def clients(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Slugs of clients with their names in the data; those that are named already are not offered again."""
    taken = _named(context)
    return _begins(incomplete, lambda root: _clients(root, _study(context), taken))


def industries(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Slugs of industries with their names."""
    return _begins(incomplete, lambda root: _industries(root, _study(context)))


def studies(incomplete: str) -> list[tuple[str, str]]:
    """Names of the further studies."""
    return _begins(incomplete, lambda root: _files(root / "params" / "studies", "*/study.yaml", folder_is_name=True))


def datasets(incomplete: str) -> list[tuple[str, str]]:
    """Names of the datasets."""
    return _begins(incomplete, lambda root: _files(root / "datasets", "*/datapackage.json", folder_is_name=True))


def instruments(incomplete: str) -> list[tuple[str, str]]:
    """Names of the instruments."""
    return _begins(incomplete, lambda root: _files(root / "params" / "instruments", "*.yaml"))


Names = Iterator[tuple[str, str]]


def _begins(incomplete: str, read: Callable[[Path], Names]) -> list[tuple[str, str]]:
    from kernels_lib.errors import ScorecardError
    from kernels_lib.paths import find_root

    try:
        return [(name, help_) for name, help_ in read(find_root()) if name.startswith(incomplete)]
    except (ScorecardError, OSError):
        return []


def _clients(root: Path, study: str, taken: set[str]) -> Names:
    from kernels_lib.study.roster import read_roster

    for client in read_roster(root, study).clients.values():
        if client.slug not in taken:
            yield client.slug, client.brand


def _industries(root: Path, study: str) -> Names:
    from kernels_lib.study.roster import read_roster

    for industry in read_roster(root, study).industries.values():
        yield industry.slug, industry.name


def _files(folder: Path, pattern: str, *, folder_is_name: bool = False) -> Names:
    for path in sorted(folder.glob(pattern)):
        yield (path.parent.name if folder_is_name else path.stem), ""


def _study(context: typer.Context) -> str:
    return context.params.get("study") or ""


def _named(context: typer.Context) -> set[str]:
    """What the command line names already."""
    said: list[Any] = [context.params.get("client"), *(context.params.get("clients") or ())]
    return {name for name in said if name}
