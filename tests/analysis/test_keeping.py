"""Findings kept between reports: exactly what would be computed, and never another's."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import dataclasses
import json
import math
import subprocess
import sys
from array import array

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from kernels_lib.analysis import findings, keeping, warm_up
from kernels_lib.analysis.agreement import Alpha, Omega, Reliability
from kernels_lib.analysis.findings import Common
from kernels_lib.analysis.keeping import PIECES
from kernels_lib.analysis.packing import pack, unpack
from kernels_lib.errors import UnknownName
from kernels_lib.study import open_study
from kernels_lib.study.counts import Counts
from kernels_lib.study.language import Said, speak, spoken
from kernels_lib.study.opening import Study
from kernels_lib.study.params import Parameters
from kernels_lib.study.results import Basis
from tests.conftest import ROOT

# ---- packing --------------------------------------------------------------------------------------


def through_json(value):
    return unpack(json.loads(json.dumps(pack(value))))


def same(first, second):
    """Equal in every kind, name, order and bit: packed, both say the same."""
    return json.dumps(pack(first)) == json.dumps(pack(second))


texts = st.text(st.characters(codec="utf-8"), max_size=4)
words = texts | texts.map(Said) | st.sampled_from(Basis)
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | words | st.floats().map(np.float64)
    | st.integers(-9, 9).map(np.int64) | st.booleans().map(np.bool_)
)  # fmt: skip
nested = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(texts | st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(nested)
def test_any_value_comes_back_as_it_was(value):
    found = through_json(value)

    assert type(value) is type(found)
    assert repr(value) == repr(found)
    assert same(value, found)


def columns_of(n: int):
    return st.one_of(
        nps.arrays(st.sampled_from(["f8", "i8", "?", "f4", "u1"]), n),
        st.lists(words, min_size=n, max_size=n).map(lambda items: pd.array(np.array(items, dtype=object), dtype="str")),
        st.lists(words | st.just(math.nan), min_size=n, max_size=n).map(
            lambda items: pd.array(np.array([*items, None], dtype=object)[:-1], dtype="str")
        ),
        st.lists(scalars, min_size=n, max_size=n).map(lambda items: np.array([*items, None], dtype=object)[:-1]),
    )


def indexes(n: int):
    names = st.none() | words
    ranges = st.builds(lambda start, name: pd.RangeIndex(start, start + 2 * n, 2, name=name), st.integers(-3, 3), names)
    labels = columns_of(n).map(lambda array: pd.Index(array, dtype=array.dtype))
    return ranges | st.builds(lambda index, name: index.rename(name), labels, names)


@st.composite
def frames(draw):
    n, k = draw(st.integers(0, 4)), draw(st.integers(0, 4))
    index = draw(indexes(n))
    arrays = [draw(columns_of(n)) for _ in range(k)]
    table = pd.DataFrame({i: pd.Series(a, index=index, dtype=a.dtype) for i, a in enumerate(arrays)}, index=index)
    table.columns = draw(indexes(k))
    return table


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(frames())
def test_any_frame_comes_back_as_it_was(frame):
    found = through_json(frame)

    pd.testing.assert_frame_equal(frame, found, check_exact=True, check_index_type="exact", check_column_type="exact")
    assert same(frame, found)
    for place in range(frame.shape[1]):
        column = frame.iloc[:, place]
        back = through_json(column)
        pd.testing.assert_series_equal(column, back, check_exact=True, check_index_type="exact")
        assert [type(value) for value in column.array] == [type(value) for value in back.array]


def test_what_comes_back_may_be_written_to():
    found = through_json(pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]}))
    found.loc[0, "a"] = 5.0

    assert [5.0, 2.0] == list(found["a"])


def test_results_of_a_computation_come_back_as_they_were():
    alpha = Alpha(0.8, ci_low=None, n=3, method=Said("by hand"), item_rest={"a": np.float64(0.1)})
    made = Reliability(3, ("a", "b"), (), alpha, Omega(None, n=2, loading={"a": math.nan}), {"a": None})

    assert repr(made) == repr(through_json(made))


@pytest.mark.parametrize(
    "value",
    [{1, 2}, object(), np.array(["a"]), pd.Series(pd.to_datetime(["2010-08-02"])), pd.Categorical(["a"]), b"bytes",
     pd.DataFrame(index=pd.MultiIndex.from_tuples([(1, 2)])), np.datetime64("2010-08-02"), 1j],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_would_not_come_back_is_refused(value):
    with pytest.raises(TypeError, match="cannot be kept"):
        pack(value)


# ---- findings -------------------------------------------------------------------------------------

READERS = [
    ("", {}),
    ("", {"client": "brand-03"}),
    ("", {"client": "brand-24"}),
    ("", {"industry": "retail"}),
    ("attitude", {}),
    ("attitude", {"client": "department-01"}),
    ("wine", {}),
    ("wine", {"client": "wine-1"}),
]


def pieces_of(shared: Common) -> list[str]:
    """Pieces that a report of this study may ask for: some need unit scores, some need gaps."""
    unit_scores = ("across", "industry_pairs", "smallest_industry_p", "model")
    asked = [piece for piece in PIECES if not (shared.of_means and piece in unit_scores)]
    return [piece for piece in asked if piece != "completions" or shared.has_gaps]


def fresh(shared: Common, piece: str):
    """The finding computed here and now, from findings that were computed here and now."""
    return getattr(shared, f"_{piece}")()


class Fresh(Common):
    """Findings without a memory."""

    def __init__(self, study):
        super().__init__(study)
        object.__setattr__(self, "made", {})

    def __getattribute__(self, name):
        if name in PIECES:
            made = object.__getattribute__(self, "made")
            if name not in made:
                made[name] = object.__getattribute__(self, f"_{name}")()
            return made[name]
        return super().__getattribute__(name)


@pytest.fixture
def bounded(project, monkeypatch):
    """A project that keeps no findings yet, and the bounds over tables that other tests have computed."""
    monkeypatch.setenv("SCORECARD_ROOT", str(ROOT))
    keeping.forget()
    return project


@pytest.mark.parametrize(
    ("name", "reader"),
    [pytest.param(*each, marks=() if place == 2 else pytest.mark.slow) for place, each in enumerate(READERS)],
    ids=str,
)
@pytest.mark.slow
def test_kept_findings_are_those_that_would_be_computed(bounded, name, reader):
    if name == "wine" and reader:
        reader = {"client": next(iter(open_study("wine").roster.clients))}
    reader = {**reader, "root": bounded}
    study = open_study(name, **reader)
    computed = Fresh(study)
    for how in ("made", "from memory", "from a file"):
        if how == "from a file":
            keeping.forget()
        shared = findings.common(open_study(name, **reader))
        for piece in pieces_of(shared):
            assert same(getattr(computed, piece), getattr(shared, piece)), (piece, how)


@pytest.fixture
def no_making(monkeypatch):
    """From now on whatever is asked for must have been kept, but for industries as one reader may see them."""

    def forbid():
        for piece in set(PIECES) - {"industries"}:
            monkeypatch.setattr(Common, f"_{piece}", lambda self: pytest.fail("made again"))

    return forbid


def test_clients_share_what_does_not_depend_on_them(project, no_making):
    keeping.forget()
    first, *others = open_study("wine").roster.clients
    ready = findings.common(open_study("wine", client=first))
    asked = pieces_of(ready)
    for piece in asked:
        getattr(ready, piece)
    keeping.forget()
    no_making()
    for other in others:
        shared = findings.common(open_study("wine", client=other, overrides='contact="Ask me"'))
        own = shared.study.client.industry != ready.study.client.industry
        for piece in asked:
            if piece != "industries" or not own:
                assert same(getattr(ready, piece), getattr(shared, piece)), piece


OTHER = {
    "alpha": "alpha=0.2",
    "correction": "correction=bh",
    "target": "target.red=3.5",
    "weights": "weights.red=5",
    "seed": "seed=99",
    "bootstrap_draws": "bootstrap_draws=333",
    "weight_draws": "weight_draws=333",
    "disclosure": "disclosure=named",
    "minimum_base": "minimum_base=5",
    "language": "language=de",
    "peer_group": "peer_group=industry",
    "title": "title=Another",
    "report_date": "report_date=2011-01-01",
    "formats": "formats=html",
    "sections": "sections=scorecard",
    "client_name": "client_name=Another",
    "colours": "colours.primary=#7a1f5c",
    "type": "type.text=Georgia",
    "logo": "logo=logo.png",
    "contact": "contact=me",
    "confidentiality": "confidentiality=secret",
    "wave": "wave=1",
    "limits": "limits.cell_s=77",
    "status": "status=draft",
}
# The data, the instrument and what is in them have keys of their own; an analyst's words stand in a client's file only.
ELSEWHERE = {"dataset", "instrument", "commentary"}


def test_every_parameter_is_looked_at_here():
    assert set(Parameters.model_fields) == set(OTHER) | ELSEWHERE


class Recorder:
    """Parameters that note which of them were asked for."""

    def __init__(self, values, asked):
        self.values, self.asked = values, asked

    def __getattr__(self, name):
        self.asked.add(name)
        return getattr(self.values, name)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "reader"), [*READERS[:2], *READERS[3:7]], ids=str)
def test_a_finding_asks_for_no_parameter_that_is_not_in_its_key(bounded, name, reader):
    study = open_study(name, **reader, root=bounded)
    asked: set[str] = set()
    effective = dataclasses.replace(study.effective, values=Recorder(study.parameters, asked))
    for piece in pieces_of(findings.common(study)):
        asked.clear()
        # Nothing computed before is at hand, so that what another finding asks for is asked for here.
        fresh(Fresh(dataclasses.replace(study, effective=effective)), piece)
        assert asked - {"language"} <= set(PIECES[piece]), piece


@pytest.mark.sample(3)
@pytest.mark.parametrize("parameter", OTHER)
def test_a_parameter_is_in_the_key_of_a_finding_or_does_not_change_it(project, parameter):
    criterion = open_study("wine").instrument.ids[0]
    client = next(iter(open_study("wine").roster.clients))
    override = OTHER[parameter].replace(".red", f".{criterion}")
    if parameter == "wave":
        override = f"wave={open_study('wine').wave}"
    plain, other = (open_study("wine", client=client, overrides=text) for text in ("", override))
    first, second = Fresh(plain), Fresh(other)

    for piece in pieces_of(first):
        if parameter == "language" or parameter in PIECES[piece]:
            assert keeping.key_of(plain, piece) != keeping.key_of(other, piece)
        else:
            assert keeping.key_of(plain, piece) == keeping.key_of(other, piece)
            assert same(getattr(first, piece), getattr(second, piece)), piece


def test_a_client_with_an_alpha_of_its_own_gets_findings_of_its_own(project):
    client = next(iter(open_study("wine").roster.clients))
    usual, own = (findings.common(open_study("wine", client=client, overrides=text)) for text in ("", "alpha=0.3"))

    assert {0.05} == {test.alpha for test in usual.tests}
    assert {0.3} == {test.alpha for test in own.tests}
    assert same(Fresh(own.study).tests, own.tests)


def test_other_data_or_other_words_are_other_findings(project):
    study = open_study("wine")
    key = keeping.key_of(study, "card")
    scores = study.scores.copy()
    scores.iloc[0, 0] += 0.5
    instrument = study.instrument.model_copy(update={"margin": study.instrument.margin.model_copy(update={"value": 9})})
    changed = {
        "a score": {"scores": scores},
        "order": {"scores": study.scores.iloc[::-1]},
        "groups": {"groups": study.groups.map(lambda _: "")},
        "raters": {"ratings": None},
        "the wave before": {"before": study.scores},
        "basis": {"basis": Basis.RECONSTRUCTED},
        "instrument": {"roster": dataclasses.replace(study.roster, instrument=instrument)},
        "industries": {"roster": dataclasses.replace(study.roster, industries={})},
    }
    cells = array("q", [1, 2])
    for what, counts in {
        "counts": Counts(("a",), ("",), ("red",), (1.0, 2.0), cells),
        "other counts": Counts(("a",), ("",), ("red",), (1.0, 2.0), cells[::-1]),
        "other levels": Counts(("a",), ("",), ("red",), (1.0, 3.0), cells),
        "empty ratings": Counts(("a",), ("",), ("red",), (1.0, 2.0), cells, 1),
    }.items():
        scores = dataclasses.replace(study.roster.scores, counts=counts)
        changed[what] = {"roster": dataclasses.replace(study.roster, scores=scores)}

    keys = {what: keeping.key_of(dataclasses.replace(study, **change), "card") for what, change in changed.items()}
    assert len(changed) + 1 == len({json.dumps(one) for one in [key, *keys.values()]})
    assert key == keeping.key_of(dataclasses.replace(study), "card")


def test_every_part_of_a_study_is_in_the_key_or_known_not_to_matter():
    in_key = {
        "roster",
        "effective",
        "scores",
        "groups",
        "basis",
        "published",
        "client",
        "industry",
        "ratings",
        "before",
    }

    # The notice is words beside the findings; the folder and the study's name are where, not what.
    assert {field.name for field in dataclasses.fields(Study)} == in_key | {"root", "name", "notice"}


def test_another_version_of_the_code_makes_findings_anew(project, monkeypatch):
    study = open_study("wine")
    before = keeping.key_of(study, "card")
    monkeypatch.setattr(keeping, "_code", lambda: "another")

    assert before != keeping.key_of(study, "card")


def test_a_reader_who_changes_a_frame_changes_nobody_elses(project):
    first = findings.common(open_study("wine"))
    first.card["mean"] = 0.0
    first.card.loc[first.card.index[0], "name"] = "changed"
    first.tests.clear()
    second = findings.common(open_study("wine"))

    assert same(Fresh(second.study).card, second.card)
    assert same(Fresh(second.study).tests, second.tests)


def test_memory_does_not_grow_without_end(project, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_HELD", 3)
    keeping.forget()
    for alpha in range(1, 8):
        found = findings.common(open_study("wine", overrides=f"alpha=0.0{alpha}"))
        assert same(Fresh(found.study).card, found.card)

    assert 3 == len(keeping._HELD)


def test_a_damaged_file_is_made_again(project):
    keeping.forget()
    study = open_study("wine")
    card = findings.common(study).card
    for path in (project / "build" / "cache").glob("findings-*"):
        path.write_bytes(path.read_bytes()[:-1])
    keeping.forget()

    assert same(card, findings.common(study).card)


def test_a_template_has_the_findings_of_its_clients_at_hand_and_shows_nothing(project, capsys, no_making):
    first, *others = open_study("wine").roster.clients
    speak("de")
    warm_up.prepare("wine", clients=(first,), overrides="alpha=0.1")
    warm_up.prepare("wine")
    no_making()
    for overrides in ("", "alpha=0.1"):
        shared = findings.common(open_study("wine", client=others[0], overrides=overrides))
        for piece in ("card", "pairs", "league", "industries", "omnibus", "tests"):
            getattr(shared, piece)
    speak("de")
    warm_up.prepare("wine")

    assert "de" == spoken()
    assert ("", "") == capsys.readouterr()


def test_a_template_of_reports_that_ask_for_nothing_only_opens_their_study(project, no_making):
    no_making()
    warm_up.prepare("wine", asks=False, clients=[next(iter(open_study("wine").roster.clients))])
    with pytest.raises(UnknownName, match="client 'nobody'"):
        warm_up.prepare("wine", asks=False, clients=("nobody",))


def test_a_template_of_an_unknown_client_says_what_its_report_would_say(project):
    with pytest.raises(UnknownName, match="client 'nobody'"):
        warm_up.prepare("wine", clients=("nobody",))


PROCESS = """
import sys
from kernels_lib.analysis import findings, keeping
from kernels_lib.study import open_study

study = open_study("", client="brand-03")
shared = findings.common(study)
for piece in ("card", "pairs", "league", "industries", "omnibus", "tests"):
    getattr(shared, piece)
print(len(list((study.root / "build" / "cache").glob("findings-*"))))
"""


@pytest.mark.slow
def test_a_second_process_makes_nothing(project):
    counts = []
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", PROCESS], capture_output=True, text=True, check=True)
        counts.append(done.stdout.strip())

    # The ledger also asks whether there was a wave before, industries ask for their means.
    assert ["8", "8"] == counts
