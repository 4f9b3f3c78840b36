"""Thresholds that an analyst moves in JupyterLab, and what a client's report would then say.

Each look is the report's own way from parameters to chart, with overrides as ``--set`` has them: so
what is seen here is what the report shows once the values stand in the client's file.  Nothing here is
part of a report.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from kernels_lib.analysis import figures, findings
from kernels_lib.analysis.narrative import ClientWords
from kernels_lib.analysis.rows import by_row
from kernels_lib.errors import BadParameters, ScorecardError
from kernels_lib.study.opening import Study, open_study
from kernels_lib.study.params import parse_overrides

if TYPE_CHECKING:
    import ipywidgets

# Error rates that are offered beside the study's own.
ALPHAS = (0.001, 0.005, 0.01, 0.05, 0.1)
CORRECTIONS = ("holm", "bonferroni", "bh", "none")
# Steps of a slider over a scale without steps of its own.
STEPS = 40


@dataclass(frozen=True)
class Look:
    """What a client's report would say.

    Attributes
    ----------
    moved : dict
        Parameters that are not the client's own now, with a dot inside a mapping.
    headline : str
    changed : tuple of str
        Criteria whose verdict is another one, in words.
    """

    moved: Mapping[str, Any]
    figure: go.Figure
    headline: str
    changed: tuple[str, ...]

    def command(self, study: Study) -> str:
        """What to type to build the report like this."""
        of = f" --study {study.name}" if study.name else ""
        return f"scorecard build {study.client.slug}{of}" + "".join(f" --set {k}={v}" for k, v in self.moved.items())

    def yaml(self) -> str:
        """What to write into the client's file to keep it like this."""
        lines, targets = [], {}
        for key, value in self.moved.items():
            if key.startswith("target."):
                targets[key.partition(".")[2]] = value
            else:
                lines.append(f"{key}: {value}")
        if targets:
            lines += ["target:", *(f"  {criterion}: {value}" for criterion, value in targets.items())]
        return "\n".join(lines)


def values(study: Study) -> dict[str, Any]:
    """What can be moved, and where it stands now."""
    now: dict[str, Any] = {"alpha": study.parameters.alpha, "correction": study.parameters.correction}
    return now | {f"target.{criterion}": target for criterion, target in study.targets.items()}


def look(study: Study, wanted: Mapping[str, Any], overrides: str = "") -> Look:
    """What the client's report would say with other values.

    Parameters
    ----------
    study : Study
        Opened for a client.
    wanted : mapping
        Any of `values`, by the same keys.
    overrides : str
        As the study was opened with.

    Raises
    ------
    BadParameters
        If the study was opened for no client, or a value cannot be.
    """
    if study.client is None:
        raise BadParameters("no client.", where="exploring", remedy='Open the study for one: client="brand-07".')
    now = values(study)
    moved = {key: value for key, value in wanted.items() if value != now[key]}
    given = [f"{key}={json.dumps(value)}" for key, value in parse_overrides(overrides)]
    text = " ".join([*given, *(f"{key}={value}" for key, value in moved.items())])
    other = open_study(study.name, client=study.client.slug, wave=study.wave, overrides=text, root=study.root)
    before, after = _words(study), _words(other)
    verdicts = before.card["verdict"].compare(after.card["verdict"], result_names=("was", "now"))
    changed = tuple(
        f"{after.card.loc[criterion, 'name']}: {row['now']}, was {row['was']}" for criterion, row in by_row(verdicts)
    )
    return Look(moved, figures.gap(after), after.headline().text, changed)


def _words(study: Study) -> ClientWords:
    shared = findings.common(study)
    return ClientWords(study, shared, findings.client_card(study, shared))


def panel(study: Study, overrides: str = "") -> ipywidgets.Widget:
    """Sliders for the thresholds, and the chart that follows them.

    Parameters
    ----------
    study : Study
        Opened for a client.
    overrides : str
        As the study was opened with.

    Raises
    ------
    ScorecardError
        If ipywidgets is not installed.
    """
    try:
        import ipywidgets as widgets
    except ImportError as error:
        raise ScorecardError(
            "ipywidgets is not installed.", remedy="Install it with: pip install 'scorecard-reports[lab]'."
        ) from error
    from IPython.display import display

    first = look(study, {}, overrides)
    controls = _controls(study, widgets)
    chart, said = widgets.Output(), widgets.HTML()
    reset = widgets.Button(description="Back to the start")

    def show(found: Look) -> None:
        said.value = _said(found, study)
        with chart:
            chart.clear_output(wait=True)
            display(found.figure)

    def follow(_change: Any) -> None:
        show(look(study, {key: control.value for key, control in controls.items()}, overrides))

    def back(_button: Any) -> None:
        for key, value in values(study).items():
            controls[key].value = value

    for control in controls.values():
        control.observe(follow, names="value")
    reset.on_click(back)
    show(first)
    # Beside a wide chart the sliders would be squeezed until their numbers are gone.
    left = widgets.VBox([*controls.values(), reset], layout=widgets.Layout(flex="0 0 auto", padding="0 24px 0 0"))
    return widgets.HBox([left, widgets.VBox([said, chart])])


def _controls(study: Study, widgets: Any) -> dict[str, Any]:
    """A widget for each value that can be moved."""
    scale = study.instrument.scale
    step = (scale.top - scale.floor) / STEPS
    look_ = {"style": {"description_width": "14em"}, "layout": widgets.Layout(width="32em")}
    controls: dict[str, Any] = {}
    for key, value in values(study).items():
        if key == "alpha":
            offered = sorted({*ALPHAS, value})
            controls[key] = widgets.SelectionSlider(options=offered, value=value, description="Error rate", **look_)
        elif key == "correction":
            controls[key] = widgets.Dropdown(options=CORRECTIONS, value=value, description="Correction", **look_)
        else:
            label = study.instrument[key.partition(".")[2]].short
            controls[key] = widgets.FloatSlider(
                value, min=scale.floor, max=scale.top, step=step, description=label, continuous_update=False,
                readout_format=".2f", **look_,
            )  # fmt: skip
    return controls


def _said(found: Look, study: Study) -> str:
    """The look in words, and how to keep it."""
    from markupsafe import Markup

    verdicts = "; ".join(found.changed) or "No verdict changes."
    keep = Markup("<p>Nothing is moved.</p>")
    if found.moved:
        file = f"params/{f'studies/{study.name}/' if study.name else ''}clients/{study.client.slug}.yaml"
        keep = Markup("<p>Try it: <code>{}</code></p><p>Keep it, in <code>{}</code>:</p><pre>{}</pre>").format(
            found.command(study), file, found.yaml()
        )
    return str(Markup("<h3>{}</h3><p>{}</p>{}").format(found.headline, verdicts, keep))
