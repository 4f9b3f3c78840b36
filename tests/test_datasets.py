"""The shipped data and instruments: what is known of them, held file by file."""

from __future__ import annotations

import csv
import importlib.util
import itertools
import json
import re
from collections import Counter
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from frictionless import Package
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
DATASETS = ROOT / "datasets"
ALTIMETER = DATASETS / "altimeter-2010"
PACKAGES = sorted(path.parent.name for path in DATASETS.glob("*/datapackage.json"))
INSTRUMENTS = sorted((ROOT / "params" / "instruments").glob("*.yaml"))
LANGUAGES = ("en", "de")

CRITERIA = (
    "community_expectations",
    "cohesive_branding",
    "up_to_date",
    "authenticity",
    "dialog",
    "peer_to_peer",
    "advocacy",
    "call_to_action",
)
# Named by the study as good examples, without scores: none may ever stand beside one.
PRAISED = ("pampers", "macy", "kohl", "axe")


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_instrument(path: Path) -> dict:
    return YAML(typ="safe", pure=True).load(path)


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("reconstruct", ALTIMETER / "reconstruct.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return read_rows(ALTIMETER / "reconstruction.csv")


@pytest.fixture(scope="module")
def scores(rows) -> dict[str, np.ndarray]:
    return {criterion: np.array([float(row[criterion]) for row in rows]) for criterion in CRITERIA}


@pytest.fixture(scope="module")
def industry_means(rows) -> dict[str, float]:
    by_industry: dict[str, list[float]] = {}
    for row in rows:
        by_industry.setdefault(row["industry"], []).extend(float(row[criterion]) for criterion in CRITERIA)
    return {industry: sum(values) / len(values) for industry, values in by_industry.items()}


# Every dataset


def test_there_are_four_datasets():
    assert ["altimeter-2010", "attitude", "external-benchmarks", "wine"] == PACKAGES


@pytest.mark.parametrize("name", PACKAGES)
def test_frictionless_finds_every_dataset_valid(name):
    report = Package(str(DATASETS / name / "datapackage.json")).validate()

    assert [] == report.flatten(["type", "rowNumber", "fieldName", "message"])


@pytest.mark.parametrize("name", PACKAGES)
def test_every_recorded_hash_and_size_is_the_file_s(name):
    for resource in json.loads((DATASETS / name / "datapackage.json").read_text(encoding="utf-8"))["resources"]:
        raw = (DATASETS / name / resource["path"]).read_bytes()

        assert "sha256:" + sha256(raw).hexdigest() == resource["hash"], resource["path"]
        assert len(raw) == resource["bytes"]


@pytest.mark.parametrize("name", PACKAGES)
def test_every_table_is_described_with_role_basis_unit_and_meaning(name):
    package = json.loads((DATASETS / name / "datapackage.json").read_text(encoding="utf-8"))

    assert package["scorecard"]["wave"] in package["scorecard"]["waves"]
    assert package["sources"] and package["licenses"]
    assert {path.name for path in (DATASETS / name).glob("*.csv")} == {r["path"] for r in package["resources"]}
    for resource in package["resources"]:
        assert resource["scorecard"]["role"] in {"means", "scores", "ratings", "benchmarks"}
        assert resource["scorecard"]["basis"] in {"measured", "published", "reconstructed"}
        for field in resource["schema"]["fields"]:
            assert field["description"] and "unit" in field, field["name"]
            if field["type"] in {"number", "integer"}:
                assert field["unit"] and "minimum" in field["constraints"], field["name"]


@pytest.mark.parametrize("path", sorted(DATASETS.rglob("*.csv")), ids=lambda path: path.name)
def test_no_real_brand_stands_beside_a_score(path):
    words = set(re.findall(r"[a-z]+", path.read_text(encoding="utf-8").casefold()))

    assert words.isdisjoint(PRAISED)


# The 2010 study


def test_the_published_means_and_stages_are_as_printed():
    printed = [
        (row["criterion"], row["mean"], row["stage"], row["n"]) for row in read_rows(ALTIMETER / "published.csv")
    ]

    assert [
        ("community_expectations", "2.08", "Immature", "30"),
        ("cohesive_branding", "3.90", "Adolescence", "30"),
        ("up_to_date", "5.00", "Exceptional", "30"),
        ("authenticity", "2.87", "Immature", "30"),
        ("dialog", "3.10", "Adolescence", "30"),
        ("peer_to_peer", "2.03", "Immature", "30"),
        ("advocacy", "2.27", "Immature", "30"),
        ("call_to_action", "2.45", "Immature", "30"),
    ] == printed


@pytest.mark.parametrize(
    ("criterion", "total"),
    [
        ("community_expectations", 62.5),  # 62.5 / 30 = 2.083, printed 2.08
        ("cohesive_branding", 117.0),  # 117 / 30 = 3.90
        ("up_to_date", 150.0),  # 30 * 5
        ("authenticity", 86.0),  # 86 / 30 = 2.867, printed 2.87
        ("dialog", 93.0),  # 93 / 30 = 3.10
        ("peer_to_peer", 61.0),  # 61 / 30 = 2.033, printed 2.03
        ("advocacy", 68.0),  # 68 / 30 = 2.267, printed 2.27
        ("call_to_action", 73.5),  # 73.5 / 30 = 2.45
    ],
)
def test_every_total_is_the_only_one_that_gives_the_published_mean(scores, criterion, total):
    published = {row["criterion"]: row["mean"] for row in read_rows(ALTIMETER / "published.csv")}

    assert total == scores[criterion].sum()
    assert published[criterion] == f"{total / 30:.2f}"
    # Half a point more or less would be printed otherwise.
    assert published[criterion] not in {f"{(total - 0.5) / 30:.2f}", f"{(total + 0.5) / 30:.2f}"}


def test_scores_are_half_points_from_one_to_five(scores):
    for column in scores.values():
        assert set(column) <= set(np.arange(1, 5.5, 0.5))


def test_the_script_draws_the_shipped_table_byte_by_byte(script):
    text = script.to_csv(script.reconstruct(script.SEED))

    assert text.encode() == (ALTIMETER / "reconstruction.csv").read_bytes()
    assert 0 == script.main(["--check"])


def test_check_finds_a_changed_score(script, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(script, "__file__", str(tmp_path / "reconstruct.py"))
    assert 1 == script.main(["--check"])  # no file yet
    assert 0 == script.main([])
    assert 0 == script.main(["--check"])

    written = tmp_path / "reconstruction.csv"
    written.write_bytes(written.read_bytes().replace(b"2.5", b"3.0", 1))

    assert 1 == script.main(["--check"])
    assert "is not what seed 2010 draws" in capsys.readouterr().out


def test_the_recorded_seed_is_the_script_s(script):
    resources = json.loads((ALTIMETER / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    own = next(r["scorecard"] for r in resources if r["scorecard"]["role"] == "scores")

    assert script.SEED == own["seed"]
    assert (ALTIMETER / own["script"]).is_file()
    assert own["notice"] == {
        "en": "Brand-level scores are a reconstruction that is consistent with the published means; "
        "they are not Altimeter's data.",
        "de": "Die Werte der einzelnen Marken sind eine Rekonstruktion, die mit den veröffentlichten Mittelwerten "
        "vereinbar ist; sie sind nicht die Daten von Altimeter.",
    }


def test_another_seed_gives_another_table_that_fits(script):
    other = script.reconstruct(5)
    columns = {criterion: [round(float(row[criterion]) * 2) for row in other] for criterion in CRITERIA}

    assert other != script.reconstruct(script.SEED)
    assert script.fits(columns, [row["industry"] for row in other])


def test_fits_refuses_a_table_with_a_total_off_by_half_a_point(script, rows):
    columns = {criterion: [round(float(row[criterion]) * 2) for row in rows] for criterion in CRITERIA}
    industries = [row["industry"] for row in rows]
    assert script.fits(columns, industries)

    columns["dialog"][0] += 1

    assert not script.fits(columns, industries)


def test_brands_are_numbered_and_no_two_rows_are_alike(rows):
    assert [f"Brand {number:02d}" for number in range(1, 31)] == [row["brand"] for row in rows]
    assert 30 == len({tuple(row[criterion] for criterion in CRITERIA) for row in rows})


def test_a_brand_s_number_says_nothing_about_industry_or_score(rows, scores):
    overall = sum(scores.values())
    neighbours = sum(a["industry"] == b["industry"] for a, b in itertools.pairwise(rows))

    # Sorted by industry, 24 of the 29 neighbours would match; by chance about 5.
    assert neighbours < 10
    assert abs(np.corrcoef(np.arange(30), overall)[0, 1]) < 0.35


def test_fourteen_of_thirty_are_below_three_on_both_social_features(scores):
    assert 14 == np.sum((scores["peer_to_peer"] < 3) & (scores["advocacy"] < 3))


def test_about_half_reach_three_in_dialog(scores):
    assert 14 <= np.sum(scores["dialog"] >= 3) <= 16


def test_every_sd_is_plausible_and_that_of_up_to_date_is_zero(scores):
    for criterion, column in scores.items():
        if criterion == "up_to_date":
            assert 0 == column.std(ddof=1)
        else:
            assert 0.9 <= column.std(ddof=1) <= 1.3, criterion


def test_brands_have_a_halo(scores):
    drawn = np.array([column for criterion, column in scores.items() if criterion != "up_to_date"])
    between = np.corrcoef(drawn)[np.triu_indices(7, 1)]

    assert 0.2 < between.mean() < 0.45
    assert between.min() > 0


def test_overall_means_spread_from_about_two_to_about_four(scores):
    overall = np.mean(list(scores.values()), axis=0)

    assert 1.9 <= overall.min() <= 2.3
    assert 3.9 <= overall.max() <= 4.3
    assert len(set(overall)) < 30  # some share a rank


def test_six_industries_have_their_sizes(rows):
    assert {
        "retail": 7,
        "consumer_goods": 6,
        "food_drink": 6,
        "technology": 5,
        "financial_services": 4,
        "luxury_hotels": 2,
    } == Counter(row["industry"] for row in rows)


def test_retail_is_highest_and_luxury_hotels_and_the_regulated_industry_are_lowest(industry_means):
    order = sorted(industry_means, key=industry_means.get)

    assert "retail" == order[-1]
    assert {"luxury_hotels", "financial_services"} == set(order[:2])


# The attitude survey and the benchmarks


def test_the_attitude_survey_has_the_known_means():
    table = read_rows(DATASETS / "attitude" / "scores.csv")
    # R 4.2.2: round(colMeans(attitude), 2)
    known = {
        "rating": 64.63,
        "complaints": 66.60,
        "privileges": 53.13,
        "learning": 56.37,
        "raises": 64.63,
        "critical": 74.77,
        "advance": 42.93,
    }

    assert [f"Department {number:02d}" for number in range(1, 31)] == [row["department"] for row in table]
    assert known == {item: round(sum(int(row[item]) for row in table) / 30, 2) for item in known}
    # First and last row of R's data frame, so that the order is the source's.
    assert ["43", "51", "30", "39", "61", "92", "45"] == list(table[0].values())[1:]
    assert ["82", "82", "39", "59", "64", "78", "39"] == list(table[-1].values())[1:]


def test_the_benchmarks_are_the_published_shares_with_their_bases():
    table = read_rows(DATASETS / "external-benchmarks" / "benchmarks.csv")

    assert [
        ("0.12", "2100"),
        ("0.75", "2100"),
        ("0.31", "2100"),
        ("0.23", "2100"),
        ("0.07", "2100"),
        ("0.35", "140"),
        ("0.17", ""),  # sample size not published
        ("", "140"),  # withdrawn
    ] == [(row["share"], row["n"]) for row in table]


def test_a_withdrawn_figure_has_an_erratum_and_no_share():
    table = read_rows(DATASETS / "external-benchmarks" / "benchmarks.csv")

    assert ["million_dollar_communities"] == [row["id"] for row in table if row["erratum"]]
    assert all(bool(row["share"]) != bool(row["erratum"]) for row in table)


# Instruments


@pytest.mark.parametrize("path", INSTRUMENTS, ids=lambda path: path.stem)
def test_every_field_of_a_criterion_says_whether_it_is_published(path):
    for criterion in read_instrument(path)["criteria"]:
        assert set(criterion) - {"id", "status"} == set(criterion["status"]), criterion["id"]
        assert set(criterion["status"].values()) <= {"published", "assumed"}


@pytest.mark.parametrize("path", INSTRUMENTS, ids=lambda path: path.stem)
def test_scale_target_margin_stages_and_sides_say_whether_they_are_published(path):
    instrument = read_instrument(path)

    assert {"floor", "top", "step"} == set(instrument["scale"]["status"])
    assert instrument["target"]["status"] and instrument["margin"]["status"]
    for stage in instrument["stages"]:
        assert set(stage) - {"id", "status"} == set(stage["status"]), stage["id"]
    sides = {side["id"] for side in instrument.get("sides", [])}
    assert sides == {c["side"] for c in instrument["criteria"] if "side" in c}


def test_what_is_not_published_of_the_2010_scale_is_marked_assumed():
    instrument = read_instrument(ROOT / "params" / "instruments" / "facebook_page.yaml")

    assert {"floor": "assumed", "top": "assumed", "step": "assumed"} == instrument["scale"]["status"]
    assert {"value": 4, "status": "published"} == instrument["target"]
    assumed = [stage["name"] for stage in instrument["stages"] if stage["status"]["name"] == "assumed"]
    assert [{"en": "Stage 1", "de": "Stufe 1"}, {"en": "Stage 4", "de": "Stufe 4"}] == assumed


@pytest.mark.parametrize("language", LANGUAGES)
def test_truncation_gives_every_published_stage_in_the_words_of_the_source(language):
    stages = read_instrument(ROOT / "params" / "instruments" / "facebook_page.yaml")["stages"]

    for row in read_rows(ALTIMETER / "published.csv"):
        reached = [stage["name"][language] for stage in stages if stage["from"] <= float(row["mean"])]
        assert row["stage"] == reached[-1], row["criterion"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", INSTRUMENTS, ids=lambda path: path.stem)
def test_the_words_of_a_criterion_fit_where_reports_put_them(path, language):
    for criterion in read_instrument(path)["criteria"]:
        words = {key: text[language] for key, text in criterion.items() if isinstance(text, dict) and key != "status"}
        for key in ("phrase", "does", "lacks"):
            # They go into the middle of a sentence: no full stop, and no capital but that of a German noun.
            noun = language == "de" and key == "phrase"
            assert (noun or words[key][0].islower()) and not words[key].endswith("."), words[key]
        for key in ("why", "improve", "action"):
            assert words[key][0].isupper() and words[key].endswith("."), words[key]
        assert words["question"].endswith("?")
        assert len(words["action"]) <= {"en": 90, "de": 105}[language]
        assert len(words["short"]) <= 26


@pytest.mark.parametrize("path", INSTRUMENTS, ids=lambda path: path.stem)
def test_german_words_that_follow_a_name_can_be_joined_by_und(path):
    # "Sie zeigt, wer dahinter steht und antwortet" would lack the comma that closes the clause.
    for criterion in read_instrument(path)["criteria"]:
        assert not [key for key in ("short", "phrase", "does", "lacks") if "," in criterion[key]["de"]], criterion["id"]


@pytest.mark.parametrize("path", sorted((ROOT / "params").rglob("*.yaml")), ids=lambda path: path.stem)
def test_every_parameter_file_names_its_schema_first_and_has_no_em_dash(path):
    text = path.read_text(encoding="utf-8")
    first = text.splitlines()[0]

    assert re.fullmatch(r"# yaml-language-server: \$schema=(\.\./){0,3}schema/[a-z]+\.schema\.json", first)
    assert ROOT / "params" / "schema" == (path.parent / first.partition("=")[2]).resolve().parent
    assert "\u2014" not in text


def test_every_industry_of_the_data_has_a_file_and_every_client_a_row(rows):
    load = YAML(typ="safe", pure=True).load
    industries = {load(path)["industry"] for path in (ROOT / "params" / "industries").glob("*.yaml")}
    clients = {load(path)["brand"] for path in (ROOT / "params" / "clients").glob("*.yaml")}

    assert {row["industry"] for row in rows} == industries
    assert clients <= {row["brand"] for row in rows}
