"""The sections of the report, each from the facts."""

from markupsafe import Markup

from training.report.elements import (
    join,
    write_badge,
    write_figure,
    write_figures,
    write_list,
    write_paragraph,
    write_section,
    write_table,
)
from training.report.figures import (
    draw_effects,
    draw_precision_recall,
    draw_reliability,
    draw_roc,
    draw_scores,
)
from training.report.lineage import list_limits, tabulate_lineage
from training.report.measures import (
    rival_slices,
    tabulate_metrics,
    tabulate_reliability,
    tell_metric,
    unseen_slice,
)
from training.report.tables import (
    Facts,
    tabulate_drift,
    tabulate_fairness,
    tabulate_gates,
    tabulate_warnings,
)
from training.report.verdict import explain_verdict, read_verdict
from training.report.words import UNTOLD, is_told, label, write_number, write_share

_HEADLINES = ("roc_auc", "calibration_slope", "approval_rate", "base_rate")


def write_verdict(facts: Facts) -> Markup:
    """Write the verdict, the chief figures and every gate."""
    verdict = read_verdict(facts)
    banner = Markup('<p class="verdict {}">{} {}</p>').format(
        verdict, write_badge(verdict), explain_verdict(facts)
    )
    gates = tabulate_gates(facts)
    listed = write_table(gates) if gates.rows else write_paragraph("No gate was measured.", "soft")
    return write_section("verdict", "Verdict and gates", banner, _write_headlines(facts), listed)


def _write_headlines(facts: Facts) -> Markup:
    tiles = []
    for name in _HEADLINES:
        value, interval = tell_metric(facts, name)
        tiles.append(
            Markup("<div><dt>{}</dt><dd>{}<small>{}</small></dd></div>").format(
                label(name), value, interval
            )
        )
    return Markup('<dl class="headlines">{}</dl>').format(join(tiles))


def write_data_quality(facts: Facts) -> Markup:
    """Write what the data contract found."""
    quality = facts.get("data_quality")
    if quality is None:
        told = write_paragraph("What the data contract found was not written down.", "soft")
        return write_section("data", "Data quality", told)
    warnings = tabulate_warnings(facts)
    rows = write_number(quality.get("rows"))
    if not warnings.rows:
        told = write_paragraph(f"{rows} rows were checked: no error and no warning.")
        return write_section("data", "Data quality", told)
    told = write_paragraph(f"{rows} rows were checked: no error, and these warnings.")
    return write_section("data", "Data quality", told, write_table(warnings))


def write_performance(facts: Facts) -> Markup:
    """Write the metrics beside the challengers', and the curves."""
    slices = rival_slices(facts)
    base_rate = (unseen_slice(facts).get("metrics") or {}).get("base_rate") or {}
    known_rate = base_rate.get("value") if is_told(base_rate.get("value")) else None
    drawn = {
        "ROC curve: the further to the upper left, the better.": draw_roc(slices),
        "Precision against recall: the higher, the better.": draw_precision_recall(
            slices, known_rate
        ),
        "Reliability by band of the score, with 95% intervals: on the dotted line, what was"
        " predicted came.": draw_reliability(unseen_slice(facts).get("reliability") or ()),
    }
    figures = [write_figure(svg, caption) for caption, svg in drawn.items() if svg is not None]
    metrics, reliability = tabulate_metrics(facts), tabulate_reliability(facts)
    parts = [write_paragraph(_explain_evaluation(facts))]
    parts += [write_table(metrics)] if metrics.rows else []
    if figures:
        parts.append(write_figures("curves", figures))
    else:
        parts.append(write_paragraph("There are no curves to draw.", "soft"))
    parts += [write_table(reliability)] if reliability.rows else []
    return write_section("performance", "Performance", *parts)


def _explain_evaluation(facts: Facts) -> str:
    split = (facts.get("evaluation") or {}).get("split") or {}
    if not unseen_slice(facts):
        return "This release was not evaluated out of time; these figures have no intervals."
    return (
        f"The model was trained on {write_number(split.get('n_training_loans'))} loans before"
        f" {split.get('cut') or UNTOLD}, and measured on later loans of persons it had never"
        " seen. The challengers learned and were measured on the same loans."
    )


def write_scores(facts: Facts) -> Markup:
    """Write how the scores are spread, and where they become decisions."""
    decision = facts.get("decision") or {}
    population = facts.get("population") or {}
    threshold = decision.get("threshold") if is_told(decision.get("threshold")) else None
    told = (
        f"A default is predicted from a probability of {write_share(threshold)} on"
        f" ({decision.get('chosen_by') or 'how it was chosen is not told'}): so for"
        f" {write_share(population.get('predicted_default_share'))} of the users."
    )
    drawn = draw_scores(population, threshold)
    if drawn is None:
        figure = write_paragraph("How the scores are spread was not written down.", "soft")
    else:
        figure = write_figure(drawn[0], "Users by their probability of default." + drawn[1])
    return write_section("scores", "Scores and threshold", write_paragraph(told), figure)


def write_effects(facts: Facts) -> Markup:
    """Write what each feature does to the prediction."""
    drawn = draw_effects(facts.get("effects") or {})
    if not drawn:
        told = write_paragraph("What each feature does was not written down.", "soft")
        return write_section("effects", "Feature effects", told)
    told = write_paragraph(
        "Mean probability of default when every user is given the value below, all else as it is."
        " All figures have one scale."
    )
    figures = (write_figure(svg, label(name)) for name, svg in drawn.items())
    return write_section("effects", "Feature effects", told, write_figures("effects", figures))


def write_drift(facts: Facts) -> Markup:
    """Write how far the population has moved from the champion's."""
    drift = facts.get("drift") or {}
    if not drift.get("champion"):
        told = "There was no champion to compare with."
        return write_section("drift", "Drift against the champion", write_paragraph(told, "soft"))
    told = f"Compared with release {drift['champion']}. Over 0.10 warns, over 0.25 stops."
    return write_section(
        "drift",
        "Drift against the champion",
        write_paragraph(told),
        write_table(tabulate_drift(facts)),
    )


def write_fairness(facts: Facts) -> Markup:
    """Write how the groups fare."""
    tables = [write_table(table) for table in tabulate_fairness(facts) if table.rows]
    told = (
        write_paragraph(
            "On later loans of persons never seen. Where a group's predicted and actual default"
            " rate differ, the score does not mean the same for it."
        )
        if tables
        else write_paragraph("The groups were not compared.", "soft")
    )
    return write_section("fairness", "Fairness", told, *tables)


def write_lineage(facts: Facts) -> Markup:
    """Write where the release comes from."""
    told = "The digest of each of the release's files stands in its manifest."
    tables = (write_table(table) for table in tabulate_lineage(facts))
    return write_section("lineage", "Lineage", write_paragraph(told), *tables)


def write_limits(facts: Facts) -> Markup:
    """Write what the release must not be taken for."""
    return write_section("limits", "Limits of use", write_list(list_limits(facts)))
