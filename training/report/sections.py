"""The sections about the release: its verdict, its data, its groups, its origin, its limits."""

from markupsafe import Markup

from shared.release.facts import ReleaseFacts
from training.evaluation.drift import SLIGHT_DRIFT, STRONG_DRIFT
from training.report.elements import (
    join,
    write_badge,
    write_list,
    write_paragraph,
    write_section,
    write_table,
)
from training.report.lineage import list_limits, tabulate_lineage
from training.report.measures import unseen_slice, write_headline
from training.report.tables import (
    tabulate_drift,
    tabulate_fairness,
    tabulate_gates,
    tabulate_warnings,
)
from training.report.verdict import explain_verdict
from training.report.words import label, write_number

_HEADLINES = ("roc_auc", "calibration_slope", "approval_rate", "base_rate")


def write_verdict(facts: ReleaseFacts) -> Markup:
    """Write the verdict, the chief figures and every gate."""
    banner = Markup('<p class="verdict {}">{} {}</p>').format(
        facts.verdict, write_badge(facts.verdict), explain_verdict(facts)
    )
    gates = write_table(tabulate_gates(facts))
    return write_section("verdict", "Verdict and gates", banner, _write_headlines(facts), gates)


def _write_headlines(facts: ReleaseFacts) -> Markup:
    tiles = []
    for name in _HEADLINES:
        value, interval = write_headline(name, unseen_slice(facts))
        tiles.append(
            Markup("<div><dt>{}</dt><dd>{}<small>{}</small></dd></div>").format(
                label(name), value, interval
            )
        )
    return Markup('<dl class="headlines">{}</dl>').format(join(tiles))


def write_data_quality(facts: ReleaseFacts) -> Markup:
    """Write what the data contract found."""
    warnings = tabulate_warnings(facts)
    rows = write_number(facts.data_quality.rows)
    if not warnings.rows:
        text = write_paragraph(f"{rows} rows were checked: no error and no warning.")
        return write_section("data", "Data quality", text)
    text = write_paragraph(f"{rows} rows were checked: no error, and these warnings.")
    return write_section("data", "Data quality", text, write_table(warnings))


def write_drift(facts: ReleaseFacts) -> Markup:
    """Write how far the population has moved from the champion's."""
    champion = facts.drift.champion
    if champion is None:
        no_champion = write_paragraph("There was no champion to compare with.", "soft")
        return write_section("drift", "Drift against the champion", no_champion)
    text = (
        f"Compared with release {champion}. An index over {SLIGHT_DRIFT:.2f} warns, one over"
        f" {STRONG_DRIFT:.2f} stops."
    )
    return write_section(
        "drift",
        "Drift against the champion",
        write_paragraph(text),
        write_table(tabulate_drift(facts)),
    )


def write_fairness(facts: ReleaseFacts) -> Markup:
    """Write how the groups fare."""
    text = write_paragraph(
        "On later loans of persons never seen. Where a group's predicted and observed default"
        " rates differ, the score does not mean the same for it."
    )
    tables = (write_table(table) for table in tabulate_fairness(facts))
    return write_section("fairness", "Fairness", text, *tables)


def write_lineage(facts: ReleaseFacts) -> Markup:
    """Write where the release comes from."""
    text = "The digest of each of the release's files stands in its manifest."
    tables = (write_table(table) for table in tabulate_lineage(facts))
    return write_section("lineage", "Lineage", write_paragraph(text), *tables)


def write_limits(facts: ReleaseFacts) -> Markup:
    """Write what the release must not be taken for."""
    return write_section("limits", "Limits of use", write_list(list_limits(facts)))
