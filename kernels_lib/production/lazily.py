"""Modules that libraries import and reports hardly ever use: loaded when somebody first looks into them.

papermill imports an HTTP client for notebooks on web servers, jsonschema a library of calendars for a format
that no notebook has, scipy a compiler of Fortran because numpy names it.  Together that is a tenth of what a
build imports.
"""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import Any

FROM_THE_START = ("requests", "arrow")
OF_NUMPY = "numpy.f2py"


def later(name: str) -> None:
    """Let a module be loaded when an attribute of it is first asked for; nothing if it is loaded or not there.

    Parameters
    ----------
    name : str
        Its parent package, if it has one, is imported.
    """
    if name in sys.modules:
        return
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        return
    module = importlib.util.module_from_spec(spec)
    module.__class__ = _Later
    # Whoever imports a part of it asks for this, and so loads the whole first.
    module.__dict__.pop("__path__", None)
    sys.modules[name] = module
    parent, _, own = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], own, module)


class _Later(ModuleType):
    """A module that is loaded when it is asked for what it does not have yet.

    `importlib.util.LazyLoader` loads at the second import already, which asks for the module's spec.
    """

    def __getattr__(self, name: str) -> Any:
        spec = self.__spec__
        self.__class__ = ModuleType
        if spec.submodule_search_locations is not None:
            self.__path__ = spec.submodule_search_locations
        spec.loader.exec_module(self)
        return getattr(self, name)
