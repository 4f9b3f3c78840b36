"""Ratings by many respondents, counted: any form of file, any order of rows, every mistake named."""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernels_lib.errors import BadData, ScorecardError, UnknownName
from kernels_lib.study import counts as counting
from kernels_lib.study import open_study
from kernels_lib.study.counts import Counts, count_ratings, read_counts
from kernels_lib.study.datasets import Resource, read_dataset, read_scores
from kernels_lib.study.fingerprint import Fingerprint
from kernels_lib.study.results import Basis

CRITERIA = ("dialog", "advocacy")
SCALE = SimpleNamespace(floor=1.0, top=5.0, step=0.5)
FORMS = ("long.csv", "long.csv.gz", "long.parquet", "wide.csv", "wide.parquet")


def instrument(**changed):
    """Two criteria on a scale from 1 to 5 in half points."""
    from kernels_lib.study.instrument import Scale

    values = {"floor": SCALE.floor, "top": SCALE.top, "step": SCALE.step, "status": {}} | changed
    return SimpleNamespace(id="survey", ids=list(CRITERIA), scale=Scale(**values))


def resource(path: Path, **changed) -> Resource:
    form = {"criterion_column": "criterion", "score_column": "score"} if "long" in path.name else {}
    values = {
        "root": path.parent, "path": path, "shown": path.name, "role": "ratings", "basis": Basis.MEASURED, "notice": "",
        "unit_column": "brand", "group_column": "", "recorded_hash": "", "rater_column": "respondent", "counted": True,
    }  # fmt: skip
    return Resource(**{**values, **form, **changed})


def write(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    """A table as CSV, or as Parquet with empty cells as nulls and scores as numbers."""
    plain = path.with_name(path.name + ".csv") if path.suffix == ".parquet" else path
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(plain, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    if plain != path:
        import duckdb

        scores = {"score", *CRITERIA}
        columns = ", ".join(f"'{name}': '{'DOUBLE' if name in scores else 'VARCHAR'}'" for name in header)
        source = f"read_csv('{plain}', header=true, auto_detect=false, delim=',', quote='\"', columns={{{columns}}})"
        duckdb.execute(f"copy (select * from {source}) to '{path}' (format parquet)")
    return path


def write_long(path: Path, text: str) -> Path:
    path.write_text("brand,criterion,score,respondent\n" + textwrap.dedent(text).lstrip(), encoding="utf-8")
    return path


def as_dict(counts: Counts) -> dict[tuple[str, str, float], int]:
    table = counts.table()
    return {
        (counts.units[u], counts.criteria[c], counts.levels[level]): int(table[u, c, level])
        for u, c, level in np.argwhere(table > 0)
    }


def problems_of(path: Path, **changed) -> list[str]:
    with pytest.raises(ScorecardError) as caught:
        count_ratings(resource(path, **changed), instrument())
    return [str(one) for one in getattr(caught.value, "problems", [caught.value])]


# ---- the counts -------------------------------------------------------------------------------


def test_ratings_are_counted_by_unit_criterion_and_score(tmp_path):
    path = write_long(
        tmp_path / "long.csv",
        """\
        Brand 10,dialog,4.5,r1
        Brand 2,dialog,4.50,r1
        Brand 2,dialog, 3 ,r2
        Brand 2,advocacy,1,r2
        "Brand 2 ",dialog,4.5,r3
        Brand 10,advocacy,,r3
        """,
    )
    counts = count_ratings(resource(path), instrument())
    # 2 before 10; scores that occur, rising; the rating without a score is none.
    assert (("Brand 2", "Brand 10"), CRITERIA, (1.0, 3.0, 4.5)) == (counts.units, counts.criteria, counts.levels)
    assert [[[0, 1, 2], [1, 0, 0]], [[0, 0, 1], [0, 0, 0]]] == counts.table().tolist()
    assert (5, 1) == (counts.ratings, counts.empty)
    # (3 + 4.5 + 4.5) / 3
    assert ((4.0, 1.0), (4.5, None)) == counts.means


UNITS = ("Acme, Inc.", "Über", 'The "Best"', "NA", "Brand 2", "Brand 10")
tables = st.lists(
    st.tuples(
        st.sampled_from(UNITS),
        st.tuples(*[st.one_of(st.none(), st.sampled_from([1 + i / 2 for i in range(9)])) for _ in CRITERIA]),
    ),
    min_size=1,
    max_size=25,
).filter(lambda rows: any(score is not None for _, scores in rows for score in scores))


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=tables, seed=st.integers(0, 99))
def test_any_table_in_any_order_gives_the_same_counts_in_every_form(tmp_path_factory, rows, seed):
    folder = tmp_path_factory.mktemp("forms")
    expected = Counter(
        (unit, criterion, score)
        for unit, scores in rows
        for criterion, score in zip(CRITERIA, scores, strict=True)
        if score is not None
    )
    rows = list(enumerate(rows))
    random.Random(seed).shuffle(rows)
    wide = [[unit, *("" if s is None else f"{s:g}" for s in scores), f"r{who}"] for who, (unit, scores) in rows]
    long = [
        [row[0], criterion, score, row[-1]]
        for row in wide
        for criterion, score in zip(CRITERIA, row[1:-1], strict=True)
    ]
    random.Random(seed).shuffle(long)
    found = []
    for form in FORMS:
        if "long" in form:
            path = write(folder / form, ["brand", "criterion", "score", "respondent"], long)
        else:
            path = write(folder / form, ["brand", *CRITERIA, "respondent"], wide)
        found.append(count_ratings(resource(path), instrument()))
    assert dict(expected) == as_dict(found[0])
    assert all(counts == found[0] for counts in found)
    assert len(rows) * len(CRITERIA) == found[0].ratings + found[0].empty


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=tables)
def test_means_are_to_the_last_digit_those_of_ratings_read_one_by_one(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("means") / "wide.csv"
    cells = [[unit, *("" if s is None else f"{s:g}" for s in scores), f"r{i}"] for i, (unit, scores) in enumerate(rows)]
    write(path, ["brand", *CRITERIA, "respondent"], cells)
    counted = read_scores(resource(path), instrument())
    one_by_one = read_scores(resource(path, counted=False), instrument())
    assert dict(zip(one_by_one.units, one_by_one.values, strict=True)) == dict(
        zip(counted.units, counted.values, strict=True)
    )
    assert (one_by_one.sha256, True, True) == (counted.sha256, counted.rated, one_by_one.rated)


def test_a_mean_of_tenths_is_that_of_the_numbers_as_they_are_stored(tmp_path):
    # 0.1 + 0.1 + 0.7 is 0.9 on paper and 0.8999999999999999 if added one by one.
    write_long(tmp_path / "long.csv", "A,dialog,0.1,1\nA,dialog,0.1,2\nA,dialog,0.7,3\n")
    counts = count_ratings(resource(tmp_path / "long.csv"), instrument(floor=0, step=0.1))
    assert (0.1, 0.7) == counts.levels
    assert counts.means[0][0] == pytest.approx(0.3, abs=1e-16)


@pytest.mark.parametrize("kind", ["FLOAT", "DECIMAL(3,1)", "DOUBLE", "VARCHAR"])
def test_scores_of_every_type_in_parquet_are_the_same_scores(tmp_path, kind):
    import duckdb

    path = tmp_path / "long.parquet"
    values = "values (7, 'dialog', 3.3), (7, 'dialog', 4.0), (12, 'advocacy', 1.0)"
    query = f"select a as brand, b as criterion, cast(c as {kind}) as score, 1 as respondent from ({values}) t(a, b, c)"
    duckdb.execute(f"copy ({query}) to '{path}' (format parquet)")
    counts = count_ratings(resource(path), instrument(step=0.1))
    assert (("7", "12"), (1.0, 3.3, 4.0)) == (counts.units, counts.levels)


def test_columns_of_criteria_may_have_several_types(tmp_path):
    import duckdb

    path = tmp_path / "wide.parquet"
    duckdb.execute(
        f"copy (select 'A' as brand, 4::tinyint as dialog, 2.5::double as advocacy) to '{path}' (format parquet)"
    )
    assert ((4.0, 2.5),) == count_ratings(resource(path), instrument()).means


def test_units_have_their_industry(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text("brand,industry,dialog,advocacy\nB,retail,1,2\nA,hotels,3,\nB,retail,2,2\nC,,5,5\n")
    counts = count_ratings(resource(path, group_column="industry"), instrument())
    assert (("A", "B", "C"), ("hotels", "retail", "")) == (counts.units, counts.groups)


def test_a_path_with_wildcards_is_one_file(tmp_path):
    folder = tmp_path / "a [b]*"
    folder.mkdir()
    write_long(folder / "long.csv", "A,dialog,1,1\n")
    write_long(folder / "long2.csv", "A,dialog,2,1\n")
    assert (1.0,) == count_ratings(resource(folder / "long.csv"), instrument()).levels


# ---- mistakes ---------------------------------------------------------------------------------

LONG_MISTAKES = [
    ("A,dialgo,4,1", "row 2: unknown criterion 'dialgo'. Did you mean 'dialog'? Known: advocacy, dialog."),
    ("A,,4,1", "row 2: no criterion in this row."),
    (" ,dialog,4,1", "row 2: no brand in this row."),
    ("A,dialog,5.5,1", "row 2: score 5.5 for 'A' on 'dialog' is outside the scale 1-5. Correct the source, or"),
    ("A,dialog,nan,1", "row 2: score nan for 'A' on 'dialog' is outside the scale 1-5."),
    ("A,dialog,3.3,1", "row 2: score 3.3 for 'A' on 'dialog' is between the steps of 0.5. Correct the source, or"),
    ("A,dialog,\"4,5\",1", "row 2: '4,5' in column 'dialog' is no number. Use a decimal point"),
    ("a,dialog,4,1", "row 2: 'a' is spelt 'A' elsewhere. Spell both alike."),
    ("A,dialog,4", "row 2: fewer fields than the header has. Quote a field"),
    ("A,dialog,4,1,1", "row 2: more fields than the header has. Quote a field"),
    ('"A"x,dialog,4,1', "row 2: a quotation mark that is not closed, or closed before the field ends."),
]  # fmt: skip


@pytest.mark.parametrize(("row", "problem"), LONG_MISTAKES, ids=[row for row, _ in LONG_MISTAKES])
def test_a_wrong_row_is_named(tmp_path, row, problem):
    path = write_long(tmp_path / "long.csv", f"A,dialog,1,1\n{row}\nA,dialog,2,2\nA,advocacy,2,2\n")
    (found,) = problems_of(path)
    assert found.startswith(f"long.csv, {problem}")


@pytest.mark.parametrize("form", ["long.parquet", "wide.csv", "wide.parquet"])
def test_a_wrong_score_is_named_in_every_form(tmp_path, form):
    if "long" in form:
        rows = [["A", "dialog", "1", "1"], ["B", "advocacy", "7", "1"], ["B", "dialog", "7", "2"]]
        path = write(tmp_path / form, ["brand", "criterion", "score", "respondent"], rows)
    else:
        path = write(tmp_path / form, ["brand", *CRITERIA, "respondent"], [["A", "1", "", "1"], ["B", "7", "7", "1"]])
    (found,) = problems_of(path)
    assert found.startswith(f"{form}, row 2 (the first of 2): score 7")
    assert "for 'B' on '" in found
    assert "is outside the scale 1-5" in found


def test_a_file_with_bytes_that_are_no_utf8_names_the_row(tmp_path):
    path = tmp_path / "long.csv"
    path.write_bytes(b"brand,criterion,score\nA,dialog,1\nG\xff,dialog,2\n")
    (found,) = problems_of(path)
    assert found.startswith("long.csv, row 2: bytes that are no UTF-8.")


def test_everything_wrong_is_said_at_once_each_with_its_first_row(tmp_path):
    rows = ["A,dialog,9,1", "A,dialgo,3,1", "B,dialog", "A,dialog,9,2", ",dialog,3,3", "C,dialog,x,4"]
    found = problems_of(write_long(tmp_path / "long.csv", "\n".join(rows) + "\n"))
    expected = [
        "row 3: fewer fields",
        "row 1 (the first of 2): score 9",
        "row 2: unknown criterion 'dialgo'",
        "row 5: no brand",
        "row 6: 'x' in column",
    ]
    # The third row cannot be read at all; those behind it keep their numbers.
    assert len(expected) == len(found)
    assert all(one.startswith(f"long.csv, {start}") for one, start in zip(found, expected, strict=True))


def test_many_mistakes_are_counted_beyond_the_first_twenty(tmp_path):
    rows = "".join(f"A,dialog,{100 + i},1\n" for i in range(50))
    found = problems_of(write_long(tmp_path / "long.csv", rows))
    assert 21 == len(found)
    assert "long.csv: and 30 more." == found[-1]


def test_a_unit_in_two_industries_is_named_with_both_rows(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text("brand,industry,dialog,advocacy\nA,retail,1,2\nB,hotels,3,3\nA,hotels,2,2\n")
    (found,) = problems_of(path, group_column="industry")
    assert "wide.csv, row 3: 'A' is in 'retail' in row 1 and in 'hotels' here." == found


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the file is empty"),
        ("brand,criterion,score,respondent\n", "the file has a header and no ratings"),
        ("brand,criterion,score,respondent\nA,dialog,,1\n", "the file has a header and no ratings"),
        ("brand,criterion,points,respondent\nA,dialog,4,1\n", "no column 'score'. The columns are: brand, criterion"),
        ("brand,brand,criterion,score\nA,A,dialog,4\n", "column 'brand' stands twice"),
    ],
)
def test_a_file_that_is_no_table_of_ratings_is_refused(tmp_path, text, problem):
    path = tmp_path / "long.csv"
    path.write_text(text)
    (found,) = problems_of(path)
    assert problem in found


def test_a_file_that_is_no_parquet_is_refused(tmp_path):
    path = tmp_path / "long.parquet"
    path.write_text("brand,criterion,score\n")
    (found,) = problems_of(path)
    assert found.startswith("long.parquet: it cannot be read: ")


@pytest.mark.parametrize("kept", [5, 60, 2000])
def test_a_packed_file_that_is_damaged_is_refused(tmp_path, kept):
    noise = random.Random(1)
    rows = "".join(
        f"Brand {noise.randrange(99)},dialog,{noise.randrange(1, 6)},{noise.random()}\n" for _ in range(3000)
    )
    packed = gzip.compress(("brand,criterion,score,respondent\n" + rows).encode())
    path = tmp_path / "long.csv.gz"
    path.write_bytes(packed[:kept] + bytes(200) + packed[kept + 200 :])
    (found,) = problems_of(path)
    assert found.startswith("long.csv.gz: it cannot be read: ")


def test_a_column_of_dates_holds_no_scores(tmp_path):
    import duckdb

    path = tmp_path / "long.parquet"
    duckdb.execute(f"copy (select 'A' brand, 'dialog' criterion, date '2026-01-01' score) to '{path}' (format parquet)")
    (found,) = problems_of(path)
    assert "long.parquet: column 'score' holds DATE, no scores. Store it as a number." == found


def test_measurements_are_not_counted_and_it_is_said_what_to_do(tmp_path):
    path = write_long(tmp_path / "long.csv", "".join(f"A,dialog,{1 + i / 250},{i}\n" for i in range(300)))
    with pytest.raises(
        BadData, match=r"300 different scores: counts are kept of at most 201.*Round the ratings"
    ) as found:
        count_ratings(resource(path), instrument(step=None))
    assert "role 'scores', for which no error of measurement is known" in str(found.value)


def test_a_continuous_scale_with_few_values_is_counted(tmp_path):
    path = write_long(tmp_path / "long.csv", "A,dialog,1.25,1\nA,dialog,3.14,2\n")
    assert (1.25, 3.14) == count_ratings(resource(path), instrument(step=None)).levels


def test_whoever_names_respondents_as_brands_is_told_so(tmp_path, monkeypatch):
    from kernels_lib.study import ratings_file

    monkeypatch.setitem(ratings_file.MOST_VALUES, "unit", 10)
    path = write_long(tmp_path / "long.csv", "".join(f"r{i},dialog,1,A\n" for i in range(11)))
    (found,) = problems_of(path)
    assert found.startswith("long.csv: column 'brand' has 11 different values; at most 10 can be the things that are")


TWICE = "A,dialog,1,r1\nA,dialog,2,r2\nA,advocacy,2,r1\nA,dialog,3,r1\nB,dialog,3,r1\n"


def test_a_respondent_who_rated_twice_counts_twice_unless_it_is_to_be_checked(tmp_path):
    path = write_long(tmp_path / "long.csv", TWICE)
    assert 5 == count_ratings(resource(path), instrument()).ratings
    assert 5 == count_ratings(resource(path, unique="stated"), instrument()).ratings
    (found,) = problems_of(path, unique="check")
    assert "long.csv: respondent 'r1' rated 'A' on 'dialog' 2 times. Keep one." == found


def test_respondents_who_rated_once_pass_the_check(tmp_path):
    path = write_long(tmp_path / "long.csv", TWICE.replace("A,dialog,3,r1", "A,dialog,3,r3"))
    assert 5 == count_ratings(resource(path, unique="check"), instrument()).ratings


def test_who_rated_twice_cannot_be_checked_without_a_column_of_respondents(tmp_path):
    path = write_long(tmp_path / "long.csv", TWICE)
    (found,) = problems_of(path, unique="check", rater_column="who")
    assert "long.csv: no column 'who', so that nothing says who rated twice." in found


# ---- kept between runs ------------------------------------------------------------------------


@pytest.fixture
def large(tmp_path) -> Path:
    """A file large enough to be remembered, last changed a while ago."""
    path = write_long(tmp_path / "long.csv", "A,dialog,1,1\n" * 90_000)
    os.utime(path, (time.time() - 100,) * 2)
    return path


def never(*_args, **_kwargs):
    raise AssertionError("counted, or read, again")


def test_an_untouched_file_is_neither_counted_nor_read_again(large, monkeypatch):
    # Its times say when it was put there; that moment must be over for them to be believed.
    monkeypatch.setattr("kernels_lib.study.fingerprint._SETTLED_NS", 0)
    first, digest = read_counts(resource(large), instrument())
    assert sha256(large.read_bytes()).hexdigest() == digest
    monkeypatch.setattr(counting, "count_ratings", never)
    monkeypatch.setattr(Fingerprint, "compute", never)
    assert (first, digest) == read_counts(resource(large), instrument())


def test_a_touched_file_is_read_and_not_counted_again(large, monkeypatch):
    first = read_counts(resource(large), instrument())
    large.touch()
    monkeypatch.setattr(counting, "count_ratings", never)
    assert first == read_counts(resource(large), instrument())


@pytest.mark.parametrize("what", ["file", "scale", "column", "kept"])
def test_what_changed_is_counted_again(large, what):
    read_counts(resource(large), instrument())
    scale, columns = {}, {}
    if what == "file":
        os.utime(large, (time.time() - 50,) * 2)
        large.write_text(large.read_text().replace("A,dialog,1,1\n", "A,dialog,2,1\n", 1))
    elif what == "scale":
        scale = {"top": 4.0}
    elif what == "column":
        columns = {"unit_column": "respondent"}
    else:
        for kept in (large.parent / "build/cache").glob("counts-*"):
            kept.write_bytes(kept.read_bytes()[:-40] + b"0" * 40)
    called = []
    original = counting.count_ratings
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(counting, "count_ratings", lambda *a, **k: called.append(1) or original(*a, **k))
        found, _ = read_counts(resource(large, **columns), instrument(**scale))
    assert [1] == called
    assert 90_000 == found.ratings


def test_a_file_that_changes_while_it_is_read_is_refused(large, monkeypatch):
    original = counting.count_ratings

    def counted(*args, **kwargs):
        found = original(*args, **kwargs)
        large.write_text(large.read_text() + "B,dialog,2,1\n")
        return found

    monkeypatch.setattr(counting, "count_ratings", counted)
    with pytest.raises(BadData, match="it changed while it was read"):
        read_counts(resource(large), instrument())


def threads() -> int:
    """Threads of this process, those included that Python does not know of."""
    folder = Path("/proc/self/task")
    return len(list(folder.iterdir())) if folder.is_dir() else threading.active_count()


def test_counting_leaves_no_thread_behind(tmp_path):
    path = write_long(tmp_path / "long.csv", "A,dialog,1,1\n")
    before = threads()
    count_ratings(resource(path), instrument())
    assert before == threads()


# ---- in a project -----------------------------------------------------------------------------


def survey(project: Path, *, ratings: int = 200_000, brands: int = 30, **own) -> Path:
    """A study of counted ratings on the main study's instrument; returns its file of ratings."""
    import duckdb

    from kernels_lib.study.instrument import read_instrument

    ids = read_instrument(project, "facebook_page").ids
    folder = project / "datasets/survey"
    folder.mkdir()
    path = folder / "ratings.parquet"
    noise = "(hash(i * 7 + 1) % 300) / 100.0 - 1.5"
    duckdb.execute(
        f"""copy (
            select 'Firm ' || lpad(b::varchar, 2, '0') as brand, 'group ' || (b % 3) as industry,
                {ids}[c + 1] as criterion, i // {len(ids)} as respondent,
                least(5, greatest(1, round(2 * (2.6 + b / 30.0 + c * 0.1 + {noise})) / 2)) as score
            from (select i, (hash(i // {len(ids)}) % {brands})::int as b, (i % {len(ids)})::int as c
                from range({ratings}) t(i))
        ) to '{path}' (format parquet)"""
    )
    role = {
        "role": "ratings", "basis": "measured", "counted": True, "unit_column": "brand", "group_column": "industry",
        "criterion_column": "criterion", "score_column": "score", "rater_column": "respondent", "unique": "stated",
    } | own  # fmt: skip
    package = {
        "name": "survey",
        "scorecard": {"title": {"en": "Survey", "de": "Umfrage"}, "waves": {"2026": "2026-01-01"}},
        "resources": [
            {"path": path.name, "hash": f"sha256:{sha256(path.read_bytes()).hexdigest()}", "scorecard": role}
        ],
    }
    (folder / "datapackage.json").write_text(json.dumps(package))
    (project / "params/studies/survey").mkdir()
    (project / "params/studies/survey/study.yaml").write_text(
        "title: {en: Survey, de: Umfrage}\ndataset: survey\ninstrument: facebook_page\nseed: 1\n"
    )
    return path


def averaged(project: Path) -> None:
    """The same study from means alone, one row a brand, as a further one."""
    study = open_study("survey", root=project)
    folder = project / "datasets/averaged"
    folder.mkdir()
    table = study.scores.copy()
    table.insert(0, "industry", study.groups)
    table.index.name = "brand"
    table.to_csv(folder / "scores.csv")
    package = json.loads((project / "datasets/survey/datapackage.json").read_text())
    role = {"role": "scores", "basis": "measured", "unit_column": "brand", "group_column": "industry"}
    package["resources"] = [{"path": "scores.csv", "scorecard": role}]
    (folder / "datapackage.json").write_text(json.dumps(package))
    (project / "params/studies/averaged").mkdir()
    text = (project / "params/studies/survey/study.yaml").read_text()
    (project / "params/studies/averaged/study.yaml").write_text(text.replace("dataset: survey", "dataset: averaged"))
    instrument_file = project / "params/instruments/facebook_page.yaml"
    assert "step: 0.5" in instrument_file.read_text()


def test_a_study_of_counted_ratings_has_scores_their_basis_and_their_errors(project):
    survey(project, ratings=20_000)
    study = open_study("survey", client="firm-07", root=project)
    assert ((30, 8), "measured", "") == (study.scores.shape, study.basis, study.notice)
    assert study.rated and study.ratings is None
    assert 20_000 == study.counts.ratings
    assert ("20000", 12) == (study.provenance["ratings"], len(study.provenance["scores"]))


def test_a_scores_verdict_heeds_the_number_of_its_ratings(project):
    from kernels_lib.analysis import findings
    from kernels_lib.analysis.agreement import spread

    survey(project, ratings=4_000)
    study = open_study("survey", client="firm-07", root=project, overrides="target.dialog=3.1 target.advocacy=4.9")
    card = findings.client_card(study, findings.common(study))
    own = spread(study.counts.table(), study.counts.levels).sem[study.counts.units.index("Firm 07")]
    assert own.tolist() == card["sem"].tolist()
    close = (card["gap"].abs() <= 1.96 * card["sem"]).tolist()
    assert any(close) and not all(close)
    assert close == (card["verdict"] == "too close to call").tolist()


def test_a_plan_knows_how_many_ratings_stand_behind_a_score_and_how_they_agree(project):
    from kernels_lib.analysis import planning
    from kernels_lib.analysis.agreement import one_way_icc

    survey(project, ratings=4_000)
    study = open_study("survey", root=project)
    now, agreement = planning.raters_in(study.ratings, study.counts)
    table = study.counts.table()
    # 4000 ratings, 8 criteria, 30 brands: about 17 each
    assert int(np.median(table.sum(axis=2))) == now
    assert np.median([one_way_icc(table[:, j], study.counts.levels).effect for j in range(8)]) == agreement


@pytest.mark.parametrize(
    ("own", "problem"),
    [
        ({"counted": False}, r"'ratings.parquet' is Parquet, which is read where ratings are counted"),
        ({"counted": "yes"}, r"'counted' is \"yes\" where the role is 'ratings'. Write true or false"),
        ({"role": "scores"}, r"'counted' is true where the role is 'scores'"),
        ({"score_column": ""}, r"of 'criterion_column' and 'score_column' only one is named"),
        ({"unique": "checked"}, r"unknown value of 'unique' 'checked'. Did you mean 'check'"),
    ],
)
def test_a_description_that_contradicts_itself_is_refused(project, own, problem):
    survey(project, ratings=100, **own)
    with pytest.raises((BadData, UnknownName), match=problem):
        read_dataset(project, "survey")


@pytest.mark.slow
def test_a_client_of_counted_ratings_gets_a_report_of_the_same_sections(project):
    from bs4 import BeautifulSoup

    from kernels_lib.production import build

    survey(project)
    averaged(project)
    # Means lie between the steps.
    path = project / "params/instruments/facebook_page.yaml"
    headings = []
    for name in ("survey", "averaged"):
        if name == "averaged":
            path.write_text(path.read_text().replace("step: 0.5", "step: null"))
        planned = build.plan(build.Request(root=project, study_name=name, clients=("firm-07",)))
        # A notebook in which nothing is kept, as in Jupyter, counts for itself.
        for kept in (project / "build/cache").glob("counts-*"):
            kept.unlink()
        summary = build.run(planned)
        assert not summary.failed, summary.failed[0].error
        page = BeautifulSoup((summary.site / "clients/firm-07/report.html").read_text(), "html.parser")
        headings.append([heading.get_text(" ", strip=True) for heading in page.find_all("h2")])
    assert headings[0] == headings[1]
    assert len(headings[0]) >= 6


# ---- memory -----------------------------------------------------------------------------------

MEASURED = """
import sys
from pathlib import Path
from tests.study.test_counts import CRITERIA, instrument, resource
from kernels_lib.study.counts import count_ratings
counts = count_ratings(resource(Path(sys.argv[1])), instrument())
status = Path("/proc/self/status").read_text()
print(counts.ratings, status.split("VmHWM:")[1].split()[0])
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
@pytest.mark.parametrize("form", ["long.parquet", "long.csv"])
def test_ten_million_ratings_take_less_than_half_a_gigabyte(tmp_path, form):
    import duckdb

    path = tmp_path / form
    duckdb.execute(
        "copy (select 'Brand ' || (hash(i) % 3000) as brand, ['dialog', 'advocacy'][(i % 2)::int + 1] as criterion, "
        "1 + (hash(i + 1) % 9) / 2.0 as score, i as respondent from range(10_000_000) t(i)) "
        f"to '{path}'" + (" (format parquet)" if form.endswith("parquet") else "")
    )
    root = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "PYTHONPATH": root}
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    ratings, kilobytes = map(int, done.stdout.split())
    assert 10_000_000 == ratings
    assert kilobytes < 500_000
