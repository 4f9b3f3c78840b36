"""Modules that wait until they are needed are then what they always were."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kernels_lib.production.lazily import FROM_THE_START, FUNCTION, OF_SCIPY


def told(code: str) -> str:
    """What a new process prints that has imported this room first, as every process of a build does."""
    first = "import sys, kernels_lib.production, kernels_lib.production.scipy_later\n"
    done = subprocess.run([sys.executable, "-c", first + code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("name", [*FROM_THE_START, *OF_SCIPY, FUNCTION[0]])
def test_a_module_waits_and_is_whole_when_it_is_asked_for(name):
    waits = (
        f"from types import ModuleType\nm = sys.modules[{name!r}]\nprint(type(m) is ModuleType, len(vars(m)) > 12)\n"
    )
    loads = "print(hasattr(m, 'nothing_of_this_name'), type(m) is ModuleType, len(vars(m)) > 9)"

    assert ["False False", "False True True"] == told(waits + loads).splitlines()


@pytest.mark.parametrize(
    "code, said",
    [
        ("from narwhals.stable.v1.selectors import by_dtype; print(by_dtype.__name__)", "by_dtype"),
        ("from narwhals.stable import v2; print(v2.__name__)", "narwhals.stable.v2"),
        ("import narwhals as nw; print(nw.stable.v1 is sys.modules['narwhals.stable.v1'])", "True"),
        ("from scipy.special import ndtr; print(ndtr(0.0))", "0.5"),
        ("import scipy.stats; print(scipy.stats.norm.cdf(0.0))", "0.5"),
        ("import numpy.f2py.crackfortran as c; print(c.__name__)", "numpy.f2py.crackfortran"),
        ("import click; print(click.Path.__name__)", "Path"),
    ],
)
def test_every_way_to_import_it_works(code, said):
    assert said == told(code)


def test_a_grammar_of_addresses_is_compiled_when_an_address_is_checked_and_checks_every_one():
    code = "import jsonschema\nf = jsonschema.FormatChecker()\nm = sys.modules['rfc3986_validator']\n"
    code += "waits, asked = 're' not in vars(m), ('http://a b', 'http://a.example/', 'x y')\n"
    code += "print(waits, [f.conforms(address, 'uri') for address in asked], 're' in vars(m))"

    assert "True [False, True, False] True" == told(code)


def test_a_chart_of_ours_asks_for_no_other_library_and_plotly_itself_may():
    code = """
from kernels_lib.analysis.charts.assembling import NO_TEMPLATE, as_json, unchecked
figure = unchecked([{"type": "bar", "x": [1], "y": [2]}], {"template": NO_TEMPLATE, "meta": {"id": "a"}})
as_json(figure)
waits = "expr" not in vars(sys.modules["narwhals"])
import pandas, plotly.express as px
drawn = px.bar(pandas.DataFrame({"a": [1], "b": [2]}), x="a", y="b")
print(waits, len(drawn.data), "expr" in vars(sys.modules["narwhals"]))
"""
    assert "True 1 True" == told(code)
