"""What changed in a report since it was last built, in a few words for the research team.

Results are compared, not documents: a changed colour or font changes no conclusion.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kernels_lib.study.language import N_, _, speaking

VERDICTS = {
    "strength": N_("strength"),
    "missed opportunity": N_("missed opportunity"),
    "unresolved": N_("unresolved"),
    "too close to call": N_("too close to call"),
    "not scored": N_("not scored"),
}
NUMBERS = {"overall.score": N_("score {now}, was {then}"), "overall.rank": N_("rank {now}, was {then}")}
# Part of the provenance to its name.
SOURCES = {
    "scores": N_("the scores"),
    "published means": N_("the published means"),
    "parameters": N_("the parameters"),
    "toolkit": N_("the toolkit"),
}


def between(before: Mapping[str, Any] | None, after: Mapping[str, Any], language: str) -> list[str]:
    """What is different, the most important first.

    Parameters
    ----------
    before, after : mapping
        `Results` of two builds of one report; None: it was not built before.
    language : str

    Returns
    -------
    list of str
        Empty where the results are equal.
    """
    with speaking(language):
        if before is None:
            return [_("first build")]
        if before == after:
            return []
        said = [*_numbers(before, after), *_verdicts(before, after)]
        if before["headline"] != after["headline"] and not said:
            said.append(_("another headline"))
        if not said:
            said.append(_("wording or tables only"))
        origin = [
            _(name) for part, name in SOURCES.items() if before["provenance"].get(part) != after["provenance"].get(part)
        ]
        return said + ([_("changed: {what}").format(what=", ".join(origin))] if origin else [])


def _numbers(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for ref, words in (
        ("overall.score", N_("score {now}, was {then}")),
        ("overall.rank", N_("rank {now}, was {then}")),
    ):
        then, now = (results["numbers"].get(ref, {}).get("text") for results in (before, after))
        if now is not None and then is not None and now != then:
            yield _(words).format(now=now, then=then)
    then, now = (results["summary"].get("stage") for results in (before, after))
    if now and then and now != then:
        yield _("stage {now}, was {then}").format(now=now, then=then)


def _verdicts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    then = _of_criteria(before)
    for criterion, (name, verdict) in _of_criteria(after).items():
        known = then.get(criterion)
        if known is not None and known[1] != verdict:
            yield _("{name}: {now}, was {then}").format(
                name=name, now=_(VERDICTS.get(verdict, verdict)), then=_(VERDICTS.get(known[1], known[1]))
            )


def _of_criteria(results: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Criterion id to its name and verdict: the client's own, else the group's."""
    scores = results["summary"].get("scores")
    names = {criterion["id"]: criterion["name"] for criterion in results["criteria"]}
    if scores:
        return {key: (names.get(key, key.replace("_", " ")), entry["verdict"]) for key, entry in scores.items()}
    return {criterion["id"]: (criterion["name"], criterion["verdict"]) for criterion in results["criteria"]}
