"""Modules that libraries import and reports hardly ever use: loaded when somebody first looks into them.

papermill imports an HTTP client for notebooks on web servers, jsonschema a library of calendars for a format
that no notebook has, plotly a layer over other libraries' tables, scipy a compiler of Fortran because numpy
names it.  Together that is a seventh of what a build imports.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

# Each after its parent.
FROM_THE_START = ("requests", "arrow", "click", "narwhals", "narwhals.stable", "narwhals.stable.v1")
# A module whose one function is imported by name, and compiles a grammar of web addresses: jsonschema's.
FUNCTION = ("rfc3986_validator", "validate_rfc3986")
# In a process that is about to import their parents anyway: see `scipy_later`.
OF_SCIPY = ("numpy.f2py", "scipy.special")


def later(name: str) -> None:
    """Let a module be loaded when an attribute of it is first asked for; nothing if it is loaded or not there.

    Parameters
    ----------
    name : str
        Its parent package, if it has one, is imported, unless that is to be loaded later too.
    """
    if name in sys.modules:
        return
    parent, _, own = name.rpartition(".")
    spec = _spec(name, parent)
    if spec is None or spec.loader is None:
        return
    module = importlib.util.module_from_spec(spec)
    module.__class__ = _Later
    # Whoever imports a part of it asks for this, and so loads the whole first.
    module.__dict__.pop("__path__", None)
    sys.modules[name] = module
    if parent:
        setattr(sys.modules[parent], own, module)


def function_later(name: str, function: str) -> None:
    """Let a module be loaded when its one function is first called, or anything else of it is asked for."""
    if name in sys.modules or importlib.util.find_spec(name) is None:
        return
    later(name)
    module = sys.modules[name]

    def loaded_when_called(*args: Any, **kwargs: Any) -> Any:
        if module.__dict__.get(function) is loaded_when_called:
            del module.__dict__[function]
        return getattr(module, function)(*args, **kwargs)

    setattr(module, function, loaded_when_called)


def _spec(name: str, parent: str) -> ModuleSpec | None:
    above = sys.modules.get(parent)
    if isinstance(above, _Later):
        # Found without looking into the parent, which would load it.
        return PathFinder.find_spec(name, above.__spec__.submodule_search_locations)
    return importlib.util.find_spec(name)


class _Later(ModuleType):
    """A module that is loaded when it is asked for what it does not have yet.

    `importlib.util.LazyLoader` loads at the second import already, which asks for the module's spec.
    """

    def __getattr__(self, name: str) -> Any:
        spec = self.__spec__
        if name == "__path__" and spec.submodule_search_locations is None:
            # The question whether it is a package, which ``from it import this`` asks first.
            raise AttributeError(name)
        self.__class__ = ModuleType
        if spec.submodule_search_locations is not None:
            self.__path__ = spec.submodule_search_locations
        spec.loader.exec_module(self)
        return getattr(self, name)
