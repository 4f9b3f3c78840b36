"""Texts of a study's files in the reader's language, and what is said where one is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kernels_lib.errors import BadData, BadParameters, ScorecardError
from kernels_lib.production import build
from kernels_lib.study import messages, open_study
from kernels_lib.study.instrument import read_instrument
from kernels_lib.study.language import LANGUAGES, speaking, spoken
from kernels_lib.study.params import known_studies
from kernels_lib.study.roster import read_roster
from tests.conftest import ROOT, change

INSTRUMENT = "params/instruments/facebook_page.yaml"
PACKAGE = "datasets/altimeter-2010/datapackage.json"
GERMAN = (("language", "de"),)
INSTRUMENTS = sorted(path.stem for path in (ROOT / "params/instruments").glob("*.yaml"))


@pytest.fixture(autouse=True)
def english_again():
    """`open_study` says which language is spoken; the next test shall not hear of it."""
    with speaking("en"):
        yield


def line_of(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def without_german(path: Path, text: str) -> int:
    """Leave a text of a YAML file in English alone; the line where it stands."""
    german = path.read_text(encoding="utf-8").partition(text)[2].partition("}")[0]
    change(path, text + german, text)
    return line_of(path, text)


# Every text has every language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", INSTRUMENTS)
def test_every_instrument_has_every_text_in_every_language(root, name, language):
    instrument = read_instrument(root, name, language)
    english = read_instrument(root, name)

    assert english.ids == instrument.ids
    assert all(instrument.words)
    if language != "en":
        # A word may be the same in both ("Dialog"); a sentence may not.
        long = {word for word in english.words if len(word) > 40}
        assert not long & set(instrument.words)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("study", ["", *known_studies(ROOT)])
def test_every_study_can_be_read_in_every_language(root, study, language):
    roster = read_roster(root, study, overrides=(("language", language),))

    assert language == roster.language
    assert roster.parameters(overrides=(("language", language),)).values.title
    assert roster.dataset.title
    for client in roster.clients.values():
        said = roster.parameters(client=client, overrides=(("language", language),)).values.confidentiality
        assert ("Bitte" in said) == (bool(said) and language == "de")


def test_a_german_study_opens_with_german_texts(root):
    study = open_study(client="brand-07", overrides="language=de", root=root)

    assert "de" == spoken()
    assert ["Marke", "Marken"] == [study.unit(1), study.unit(2)]
    assert "Aktualität" == study.instrument["up_to_date"].short
    assert "sie sind nicht die Daten von Altimeter" in study.notice
    assert "Lebensmittel und Getränke" == study.roster.industry_of(study.client).name
    assert "Nur für Brand 07 bestimmt. Bitte nicht weitergeben." == study.parameters.confidentiality
    assert "Einzelhandel" == open_study(industry="retail", overrides="language=de", root=root).subject
    assert "Acht Erfolgskriterien" in open_study(overrides="language=de", root=root).subject


def test_the_names_of_published_stages_are_the_source_s_in_every_language(root):
    english, german = (read_instrument(root, "facebook_page", language).stages for language in ("en", "de"))

    published = [stage.name for stage in english if stage.status["name"] == "published"]
    assert ["Immature", "Adolescence", "Exceptional"] == published
    assert published == [stage.name for stage in german if stage.status["name"] == "published"]


# What is missing


def test_english_texts_alone_are_enough_for_reports_in_english(project):
    without_german(project / INSTRUMENT, "{en: Set community expectations")
    change(project / INSTRUMENT, "short: {en: Dialog, de: Dialog}", "short: Dialog")
    change(project / "params/industries/retail.yaml", "{en: Retail, de: Einzelhandel}", "Retail")

    roster = read_roster(project)

    assert "Dialog" == roster.instrument["dialog"].short
    assert "Retail" == roster.industries["retail"].name


def test_all_texts_of_an_instrument_that_are_not_translated_are_named_at_once(project):
    path = project / INSTRUMENT
    change(path, "short: {en: Dialog, de: Dialog}", "short: Dialog")
    plain = line_of(path, "short: Dialog")
    first = without_german(path, "name: {en: Set community expectations")
    last = without_german(path, "lacks: {en: seldom offers members a next step")

    with pytest.raises(BadParameters) as caught:
        read_instrument(project, "facebook_page", "de")

    remedy = "there is no German text; write {en: ..., de: ...}"
    assert [
        f"{INSTRUMENT}, line {first}: 'criteria.0.name': {remedy}.",
        f"{INSTRUMENT}, line {plain}: 'criteria.4.short': {remedy} (found 'Dialog').",
        f"{INSTRUMENT}, line {last}: 'criteria.7.lacks': {remedy}.",
    ] == str(caught.value).splitlines()


def test_title_instrument_notice_and_industries_without_german_are_named_together(project):
    change(project / "params/study.yaml", "  de: Acht Erfolgskriterien für Facebook-Seiten, 30 Marken, 2010\n", "")
    side = without_german(project / INSTRUMENT, "name: {en: interactive marketing")
    change(project / "params/industries/retail.yaml", "{en: Retail, de: Einzelhandel}", "Retail")
    change(project / "params/industries/technology.yaml", ", de: Technologie}", "}")
    package = json.loads((project / PACKAGE).read_text(encoding="utf-8"))
    del package["scorecard"]["title"]["de"], package["resources"][1]["scorecard"]["notice"]["de"]
    package["scorecard"]["claims"][0]["text"] = "did not do it"
    (project / PACKAGE).write_text(json.dumps(package, indent=2, ensure_ascii=False), encoding="utf-8")

    with pytest.raises(BadParameters) as caught:
        read_roster(project, overrides=GERMAN)

    found = str(caught.value).splitlines()
    title = line_of(project / PACKAGE, '"en": "Eight success criteria') - 1
    text = line_of(project / PACKAGE, "did not do it")
    notice = line_of(project / PACKAGE, '"en": "Brand-level scores are a reconstruction') - 1
    remedy = "there is no German text; write {en: ..., de: ...}"
    study = line_of(project / "params/study.yaml", "title:")
    assert found.pop(0).startswith(f"params/study.yaml, line {study}: 'title': {remedy} (found")
    assert [
        f"{INSTRUMENT}, line {side}: 'sides.0.name': {remedy}.",
        f"{PACKAGE}, line {title}: 'title': {remedy}. The title in two languages belongs in 'scorecard'.",
        f"{PACKAGE}, line {text}: 'text': {remedy}.",
        f"{PACKAGE}, line {notice}: 'notice': {remedy}.",
        f"params/industries/retail.yaml, line 4: 'name': {remedy}.",
        f"params/industries/technology.yaml, line 4: 'name': {remedy}.",
    ] == found


def test_a_notice_without_german_is_bad_data(project):
    change(project / PACKAGE, '"de": "Die Werte der einzelnen Marken', '"de": "", "x": "')
    with pytest.raises(BadData, match=r"'notice': 'x' is no language here; known: en, de"):
        read_roster(project)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_that_is_not_known_is_refused_in_every_language(project, language):
    change(project / INSTRUMENT, "short: {en: Dialog, de: Dialog}", "short: {en: Dialog, de: Dialog, fr: Dialogue}")
    line = line_of(project / INSTRUMENT, "fr: Dialogue")

    with pytest.raises(BadParameters) as caught:
        read_instrument(project, "facebook_page", language)

    assert f"{INSTRUMENT}, line {line}: 'criteria.4.short': 'fr' is no language here; known: en, de." == str(
        caught.value
    )


def test_a_study_may_be_written_in_german_alone(project):
    path = project / "params/study.yaml"
    change(path, "  en: Eight success criteria for Facebook pages, 30 brands, 2010\n", "")

    assert "Acht Erfolgskriterien" in read_roster(project, overrides=GERMAN).parameters(overrides=GERMAN).values.title
    with pytest.raises(BadParameters, match=r"params/study.yaml, line \d+: 'title': there is no English text"):
        read_roster(project)


# What `check` and `build` say before anything runs


def planned(project: Path, **request) -> list[str]:
    """What a plan complains of."""
    try:
        build.plan(build.Request(root=project, **request))
    except ScorecardError as error:
        return str(error).splitlines()
    return []


def test_a_plan_names_what_one_german_reader_would_miss_and_others_would_not(project):
    line = without_german(project / INSTRUMENT, "name: {en: Be up to date")
    missing = f"{INSTRUMENT}, line {line}: 'criteria.2.name': there is no German text; write {{en: ..., de: ...}}."

    # Brand 24 reads German, Brand 07 English.
    assert missing in planned(project, clients=("brand-24",))
    assert missing in planned(project)
    assert [] == planned(project, clients=("brand-07",))


@pytest.mark.parametrize("language", ["client", "study"])
def test_a_plan_names_the_cell_of_a_notebook_that_is_not_translated(project, language):
    path = project / "reports/client.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = {"cell_type": "markdown", "id": "added", "metadata": {}, "source": ["## A heading of\n", "\n", "my own."]}
    place = next(i for i, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "markdown")
    notebook["cells"].insert(place, cell)
    path.write_text(json.dumps(notebook), encoding="utf-8")

    request = {"clients": ("brand-24",)} if language == "client" else {"overrides": ("language=de",)}
    found = planned(project, **request)

    where = f"reports/client.ipynb, cell {place + 1}: "
    for text in ("A heading of", "my own."):
        said = [line for line in found if f"'{text}'" in line]
        assert [f"{where}'{text}' is not translated (German). Add it to the language's .po files."] == said
    assert [] == planned(project, clients=("brand-07",))


def test_texts_and_words_that_a_german_study_lacks_come_together(project):
    without_german(project / INSTRUMENT, "name: {en: Be up to date")
    path = project / "reports/study.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"].append({"cell_type": "markdown", "id": "added", "metadata": {}, "source": "My own."})
    path.write_text(json.dumps(notebook), encoding="utf-8")

    found = planned(project, overrides=("language=de",))

    assert 1 == sum(line.startswith(INSTRUMENT) for line in found)
    assert 1 == sum("'My own.' is not translated" in line for line in found)


def test_a_plan_in_english_looks_for_no_translation(project, monkeypatch):
    def never(*arguments):
        raise AssertionError("looked for a translation")

    for name in ("all_messages", "catalogue"):
        monkeypatch.setattr(messages, name, never)
    assert [] == planned(project, overrides=("language=en",))
