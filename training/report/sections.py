"""The sections about the release: its verdict, its data, its groups, its origin, its limits."""

from markupsafe import Markup

from training.report.elements import (
    join,
    write_badge,
    write_list,
    write_paragraph,
    write_section,
    write_table,
)
from training.report.lineage import list_limits, tabulate_lineage
from training.report.measures import tell_metric
from training.report.tables import (
    Facts,
    tabulate_drift,
    tabulate_fairness,
    tabulate_gates,
    tabulate_warnings,
)
from training.report.verdict import explain_verdict, read_verdict
from training.report.words import label, write_number

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
