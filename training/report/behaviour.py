"""The sections about the model: how well it does, where it decides, what moves it."""

from markupsafe import Markup

from shared.release.facts import ReleaseFacts
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
    compared_slices,
    tabulate_metrics,
    tabulate_reliability,
    unseen_slice,
)
from training.report.words import label, write_number, write_share


def write_performance(facts: ReleaseFacts) -> Markup:
    """Write the metrics beside the baselines', and the curves."""
    test = unseen_slice(facts)
    slices = compared_slices(facts)
    drawn = {
        "ROC curve: the further to the upper left, the better.": draw_roc(slices),
        "Precision against recall: the higher, the better.": draw_precision_recall(
            slices, test.metrics["base_rate"].value
        ),
        "Reliability by band of the score, with 95% intervals, on log-odds scales: on the"
        " dotted line, observed and predicted rates agree.": draw_reliability(test.reliability),
    }
    figures = [write_figure(svg, caption) for caption, svg in drawn.items() if svg is not None]
    return write_section(
        "performance",
        "Performance",
        write_paragraph(_explain_evaluation(facts)),
        write_table(tabulate_metrics(facts)),
        write_figures("curves", figures),
        write_table(tabulate_reliability(facts)),
    )


def _explain_evaluation(facts: ReleaseFacts) -> str:
    split = facts.evaluation.split
    return (
        f"The model was trained on {write_number(split.n_training_loans)} loans before"
        f" {split.cut}, and measured on later loans of persons it had never"
        " seen. The baselines were trained and measured on the same loans."
    )


def write_scores(facts: ReleaseFacts) -> Markup:
    """Write how the scores are spread, and where they become decisions."""
    decision, population = facts.decision, facts.population
    text = (
        f"A default is predicted from a probability of {write_share(decision.threshold)} on"
        f" ({decision.chosen_by}), which is so for"
        f" {write_share(population.predicted_default_share)} of the users."
    )
    svg = draw_scores(population.histogram, decision.threshold)
    figure = write_figure(svg, "Users by their probability of default, on a log-odds scale.")
    return write_section("scores", "Scores and threshold", write_paragraph(text), figure)


def write_effects(facts: ReleaseFacts) -> Markup:
    """Write what each feature does to the prediction."""
    drawn = draw_effects(facts.effects)
    text = write_paragraph(
        "Mean probability of default when every user is given the value below, all else as it is."
        " Every figure has a scale of its own: compare the numbers, not the slopes. The strip"
        " beneath shows how many users have which value."
    )
    figures = (write_figure(svg, label(name)) for name, svg in drawn.items())
    return write_section("effects", "Feature effects", text, write_figures("effects", figures))
