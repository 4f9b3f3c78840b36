"""What a client may learn about others."""

from __future__ import annotations

import pandas as pd
import pytest

from kernels_lib.analysis import findings, ledger
from kernels_lib.analysis.peers import against_peers
from kernels_lib.study import open_study
from kernels_lib.study.disclosure import other_names, withhold_industries


def frame(sizes, own=""):
    rows = {
        name: {"name": name, "n": n, "mean": 3.0, "ci_low": 2.0, "ci_high": 4.0, "own": name == own}
        for name, n in sizes.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def test_an_industry_counts_the_others_only():
    # five brands, one of them the client: four others, enough; four brands: three others, too few
    shown = withhold_industries(frame({"a": 5, "b": 7, "c": 8}, own="a"), 4)
    assert [] == list(shown.index[shown["withheld"]])

    shown = withhold_industries(frame({"a": 4, "b": 7, "c": 8}, own="a"), 4)
    assert shown.loc["a", "withheld"]


def test_a_single_withheld_industry_takes_another_with_it():
    # Its mean could be computed back from the mean of all brands.
    shown = withhold_industries(frame({"a": 2, "b": 6, "c": 7}), 4)
    assert ["a", "b"] == list(shown.index[shown["withheld"]])
    assert shown.loc[["a", "b"], "mean"].isna().all()
    assert 3.0 == shown.loc["c", "mean"]


def test_peers_below_the_minimum_base_are_withheld_everywhere(root):
    study = open_study(client="brand-16", overrides="peer_group=industry", root=root)
    card = findings.client_card(study, findings.common(study))

    assert (card["base"] == 1).all()
    assert card[["peers_mean", "best_quarter", "below", "difference", "p_adjusted"]].isna().all().all()
    assert not card["firm"].any()
    assert {"withheld: too few peers"} == {test.conclusion for test in ledger.peers(study, card)}


def test_the_client_is_never_among_its_own_peers(root):
    study = open_study(client="brand-07", root=root)
    assert "Brand 07" not in study.peers.index
    assert 29 == len(study.peers)


def test_masked_names_are_stable_within_a_client_and_differ_between_clients():
    names = [f"Brand {i:02d}" for i in range(1, 31)]
    one = other_names(names, reader="brand-07", disclosure="masked", unit="brand")
    again = other_names(list(reversed(names)), reader="brand-07", disclosure="masked", unit="brand")
    other = other_names(names, reader="brand-19", disclosure="masked", unit="brand")

    assert one == again
    assert one != other
    assert 30 == len(set(one.values()))
    assert not set(one.values()) & set(names)


def test_single_scores_appear_under_the_names_that_disclosure_allows(root):
    from kernels_lib.analysis import figures
    from kernels_lib.analysis.narrative import ClientWords

    shown = {}
    for disclosure in ("aggregate", "masked", "named"):
        study = open_study(client="brand-07", overrides=f"disclosure={disclosure}", root=root)
        shared = findings.common(study)
        figure = figures.others(ClientWords(study, shared, findings.client_card(study, shared)))
        shown[disclosure] = "" if figure is None else figure.to_json()

    assert "" == shown["aggregate"]
    assert "Brand 07" in shown["masked"]
    assert "Brand 08" not in shown["masked"]
    assert "Brand A1" in shown["masked"]
    assert "Brand 08" in shown["named"]


@pytest.mark.parametrize("base", [1, 3])
def test_nothing_is_withheld_where_enough_others_stand_behind_it(base):
    shown = withhold_industries(frame({"a": 5, "b": 6}), base)
    assert not shown["withheld"].any()


def test_everything_that_is_said_about_peers_is_withheld_with_them(root):
    study = open_study(client="brand-16", overrides="peer_group=industry", root=root)
    beside = against_peers(study.scores.loc[study.client.brand], study.peers, alpha=0.05, minimum_base=2)
    card = findings.client_card(study, findings.common(study))

    # What remains is how many peers there are, and that nothing is firm.
    about = [column for column in beside.columns if column not in ("base", "firm")]
    assert len(about) > 15
    assert card[about].isna().all().all()


def masked(names, **more):
    return other_names(names, **{"reader": "brand-07", "disclosure": "masked", "unit": "brand", **more})


def test_thousands_of_masked_names_are_all_different():
    names = [f"Firm {i}" for i in range(3000)]
    # 26 letters with nine numbers each are 234: from then on two letters.
    assert 3000 == len(set(masked(names).values()))
    assert {"Brand Z9", "Brand AA1"} <= set(masked(names).values())


def test_a_masked_name_is_no_real_one():
    names = ["Brand A1", "Brand A2", "Someone"]
    assert not set(masked(names).values()) & set(names)


def test_whoever_knows_all_names_cannot_work_out_the_masked_ones():
    names = [f"Brand {i:02d}" for i in range(1, 31)]
    assert masked(names, key=b"one") == masked(names[::-1], key=b"one")
    assert masked(names, key=b"one") != masked(names, key=b"another")
    assert masked(names, key=b"one") != masked(names, key=b"one", reader="brand-19")


def test_the_key_of_masked_names_is_the_scores_and_in_no_document(root):
    one, other = (open_study(client=client, root=root) for client in ("brand-07", "brand-19"))
    assert one.mask_key == other.mask_key
    said = " ".join([*one.provenance.values(), one.roster.scores.sha256])
    assert one.mask_key.hex()[:12] not in said
