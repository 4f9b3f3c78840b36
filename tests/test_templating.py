"""Compiled templates are kept as compiled modules are, and never instead of their source."""

from __future__ import annotations

import sys

import jinja2
import pytest

from kernels_lib.templating import Compiled


@pytest.fixture
def templates(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "page.html.j2").write_text("Hello {{ name }}")
    return tmp_path


def rendered(folder) -> tuple[str, int]:
    """What the template says in a new environment, and how many templates were compiled for it."""
    made = jinja2.Environment(loader=jinja2.FileSystemLoader(folder), bytecode_cache=Compiled(folder), autoescape=True)
    compiled = []
    compile_ = made.compile
    made.compile = lambda *args, **kwargs: compiled.append(args) or compile_(*args, **kwargs)
    return made.get_template("page.html.j2").render(name="Ann"), len(compiled)


def kept(folder):
    (file,) = (folder / "__pycache__").iterdir()
    return file


def test_a_template_is_compiled_once(templates):
    assert ("Hello Ann", 1) == rendered(templates)
    assert ("Hello Ann", 0) == rendered(templates)
    assert kept(templates).name.startswith("page.html.")


def test_a_changed_template_is_compiled_anew(templates):
    rendered(templates)
    (templates / "page.html.j2").write_text("Bye {{ name }}")

    assert ("Bye Ann", 1) == rendered(templates)
    assert ("Bye Ann", 0) == rendered(templates)


def test_another_jinja_compiles_anew(templates, monkeypatch):
    rendered(templates)
    monkeypatch.setattr(jinja2, "__version__", "99")

    assert ("Hello Ann", 1) == rendered(templates)


@pytest.mark.parametrize("damage", [lambda raw: b"", lambda raw: raw[:-20], lambda raw: raw[:80] + b"\xff" + raw[81:]])
def test_a_damaged_file_is_compiled_anew_and_never_run(templates, damage):
    rendered(templates)
    kept(templates).write_bytes(damage(kept(templates).read_bytes()))

    assert ("Hello Ann", 1) == rendered(templates)
    assert ("Hello Ann", 0) == rendered(templates)


def test_a_folder_that_cannot_be_written_only_costs_time(templates):
    # A file stands where the folder would be made, which stops the superuser too.
    (templates / "__pycache__").write_text("")

    assert [("Hello Ann", 1)] * 2 == [rendered(templates), rendered(templates)]


def test_nothing_is_written_where_python_writes_no_modules(templates, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    assert ("Hello Ann", 1) == rendered(templates)
    assert not (templates / "__pycache__").exists()
