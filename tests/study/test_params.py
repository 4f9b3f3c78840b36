"""Parameters: layers, origins, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels_lib.errors import BadParameters, UnknownName
from kernels_lib.study.params import parse_overrides
from kernels_lib.study.roster import read_roster
from kernels_lib.study.schema import MODELS, schema_text
from tests.conftest import change


def effective(project, client="brand-07", overrides=()):
    roster = read_roster(project, overrides=overrides)
    return roster.parameters(client=roster.client(client), overrides=overrides)


def test_a_client_replaces_an_industry_which_replaces_the_study(project):
    change(project / "params/study.yaml", "alpha: 0.05", "alpha: 0.10")
    assert 0.10 == effective(project).values.alpha

    path = project / "params/industries/food-drink.yaml"
    path.write_text(path.read_text() + "\nalpha: 0.04\n")
    assert 0.04 == effective(project).values.alpha

    path = project / "params/clients/brand-07.yaml"
    path.write_text(path.read_text() + "\nalpha: 0.03\n")
    assert 0.03 == effective(project).values.alpha

    assert 0.01 == effective(project, overrides=(("alpha", "0.01"),)).values.alpha


def test_every_value_knows_the_file_and_line_it_came_from(project):
    path = project / "params/clients/brand-07.yaml"
    path.write_text("brand: Brand 07\nalpha: 0.03\n")

    found = effective(project)

    assert "params/clients/brand-07.yaml, line 2" == str(found.origin("alpha"))
    assert str(found.origin("correction")).startswith("params/study.yaml, line ")
    assert "--set" == str(effective(project, overrides=(("alpha", "0.01"),)).origin("alpha"))


def test_an_unknown_key_is_refused_with_file_line_and_the_nearest_name(project):
    path = project / "params/clients/brand-07.yaml"
    path.write_text("brand: Brand 07\nalfa: 0.03\n")

    with pytest.raises(UnknownName) as caught:
        read_roster(project)

    assert "params/clients/brand-07.yaml, line 2: unknown parameter 'alfa'. Did you mean 'alpha'?" in str(caught.value)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("alpha: 0.7", "less than 0.5"),
        ("alpha: five", "valid number"),
        ("alpha: .nan", "found nan"),
        ("minimum_base: 1", "greater than or equal to 2"),
        ("disclosure: everything", "'aggregate', 'masked' or 'named'"),
        ("colours: {primary: red}", "pattern"),
        ("target: {dialog: 9}", "outside the scale 1-5"),
        ("target: {dialogue: 4}", "Did you mean 'dialog'?"),
        ("weights: {dialog: -1}", "greater than or equal to 0"),
        ("sections: [score]", "unknown section 'score'"),
        ("alpha: 0.05\nalpha: 0.04", "duplicate key"),
        ("alpha: [0.05", "not YAML"),
        ("seed: 3", "unknown parameter 'seed'"),
    ],
)
def test_a_wrong_value_is_refused_with_its_file(project, line, says):
    path = project / "params/clients/brand-07.yaml"
    path.write_text(f"brand: Brand 07\n{line}\n")

    with pytest.raises((BadParameters, UnknownName)) as caught:
        effective(project)

    assert "params/clients/brand-07.yaml" in str(caught.value)
    assert says in str(caught.value)


def test_norway_stays_text(project):
    path = project / "params/clients/brand-07.yaml"
    path.write_text("brand: Brand 07\nclient_name: NO\n")

    assert "NO" == effective(project).values.client_name


def test_a_wave_written_as_a_number_is_a_name(project):
    assert "2010" == effective(project, overrides=(("wave", "2010"),)).values.wave


def test_all_problems_of_all_files_come_at_once(project):
    (project / "params/clients/brand-07.yaml").write_text("brand: Brand 07\nalfa: 1\n")
    (project / "params/clients/brand-19.yaml").write_text("brand: Brand 19\nalpha: 7\n")

    with pytest.raises(BadParameters) as caught:
        read_roster(project)

    assert "brand-07.yaml, line 2" in str(caught.value)
    assert "brand-19.yaml, line 2" in str(caught.value)


def test_single_keys_of_a_mapping_can_be_set(project):
    values = effective(project, overrides=(("target.dialog", "3.5"),)).values
    assert {"dialog": 3.5} == values.target


@pytest.mark.parametrize("text", ["alpha", "=3", 'client_name="Acme'])
def test_an_override_that_is_no_pair_is_refused(text):
    with pytest.raises(BadParameters):
        parse_overrides(text)


@given(st.permutations(["alpha: 0.01", "minimum_base: 5", "language: de", "correction: bh"]))
def test_the_order_of_keys_means_nothing(tmp_path_factory, lines):
    from kernels_lib.study.params import ClientFile
    from kernels_lib.study.validation import check_model
    from kernels_lib.study.yamlfile import read_yaml

    path = tmp_path_factory.mktemp("keys") / "client.yaml"
    path.write_text("\n".join(["brand: Brand 07", *lines]))
    model = check_model(ClientFile, read_yaml(path, "client.yaml"))
    assert (0.01, 5, "de", "bh") == (model.alpha, model.minimum_base, model.language, model.correction)


@pytest.mark.parametrize("name", MODELS)
def test_the_committed_schema_is_that_of_the_model(root, name):
    assert schema_text(name) == (root / f"params/schema/{name}.schema.json").read_text(encoding="utf-8")


def test_every_parameter_file_names_its_schema_in_its_first_line(root):
    files = list((root / "params").rglob("*.yaml"))
    assert len(files) > 10
    for path in files:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith("# yaml-language-server: $schema="), path
        assert (path.parent / first.partition("=")[2]).resolve().is_file(), path
