"""The sections about the model: how well it does, where it decides, what moves it."""

from markupsafe import Markup

from training.report.effects import draw_effects
from training.report.elements import (
    write_figure,
    write_figures,
    write_paragraph,
    write_section,
    write_table,
)
from training.report.figures import draw_precision_recall, draw_reliability, draw_roc, draw_scores
from training.report.measures import (
    rival_slices,
    tabulate_metrics,
    tabulate_reliability,
    unseen_slice,
)
from training.report.tables import Facts
from training.report.words import UNTOLD, is_told, label, write_number, write_share


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
