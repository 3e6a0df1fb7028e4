"""The sections about the release: its verdict, its data, its groups, its origin, its limits."""

from markupsafe import Markup

from shared.release.facts import ReleaseFacts
from training.report.elements import (
    join,
    write_badge,
    write_list,
    write_paragraph,
    write_section,
    write_table,
)
from training.report.groups import tabulate_fairness, tabulate_segments
from training.report.lineage import list_limits, tabulate_lineage
from training.report.measures import unseen_slice, write_headline
from training.report.tables import (
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


def write_fairness(facts: ReleaseFacts) -> Markup:
    """Write how the groups fare."""
    approvals = write_paragraph(
        "On later loans of persons never seen. A group that is approved less than four fifths as"
        " often as the one approved most is usually held to be adversely affected: the ratio"
        " says where to look, not that the law is broken. The difference is that of the share of"
        " defaults refused, against the same group."
    )
    calibration = write_paragraph(
        "Where observed and predicted default rates differ, and the interval of their ratio leaves"
        " out 1, the score does not mean the same for a segment."
    )
    return write_section(
        "fairness",
        "Fairness and segments",
        approvals,
        *(write_table(table) for table in tabulate_fairness(facts)),
        calibration,
        *(write_table(table) for table in tabulate_segments(facts)),
    )


def write_lineage(facts: ReleaseFacts) -> Markup:
    """Write where the release comes from."""
    text = "The digest of each of the release's files stands in its manifest."
    tables = (write_table(table) for table in tabulate_lineage(facts))
    return write_section("lineage", "Lineage", write_paragraph(text), *tables)


def write_limits(facts: ReleaseFacts) -> Markup:
    """Write what the release must not be taken for."""
    return write_section("limits", "Limits of use", write_list(list_limits(facts)))
