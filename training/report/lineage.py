"""Where a release comes from, and what it may be used for."""

from collections.abc import Iterable
from typing import Any

from training.report.measures import unseen_slice
from training.report.tables import Facts, Table
from training.report.words import is_told, label, write_any, write_number

# Under so many defaults an interval is too wide to judge by.
_ENOUGH_DEFAULTS = 100


def tabulate_lineage(facts: Facts) -> Iterable[Table]:
    """List the origin, the split, the model and the libraries."""
    source = facts.get("source") or {}
    evaluation = facts.get("evaluation") or {}
    split = evaluation.get("split") or {}
    decision = facts.get("decision") or {}
    yield _pairs(
        "Release and source",
        {
            "Version": facts.get("version") or "as its manifest says",
            "Created": facts.get("created") or "as its manifest says",
            "As of": facts.get("as_of"),
            "Source": source.get("name"),
            "Source, SHA-256": source.get("sha256"),
            "Source, ETag": source.get("etag"),
            "Source, uploaded": source.get("last_modified"),
            "Source, bytes": source.get("bytes"),
            **{f"Number of {name}": count for name, count in (facts.get("counts") or {}).items()},
            "Code version": facts.get("code_version"),
        },
    )
    yield _pairs(
        "Split",
        {
            "Trained on loans before": split.get("cut"),
            "Days until an outcome is known": split.get("outcome_lag_days"),
            "Training loans": split.get("n_training_loans"),
            "Evaluated on": facts.get("evaluated_on"),
        },
    )
    model = facts.get("model") or {}
    yield _pairs(
        "Model and decision",
        {
            "Kind": model.get("kind"),
            **{label(name): value for name, value in model.items() if name != "kind"},
            "Features, in order": facts.get("features"),
            "Threshold": decision.get("threshold"),
            "Cost ratio": decision.get("cost_ratio"),
            "Threshold chosen by": decision.get("chosen_by"),
        },
    )
    if facts.get("libraries"):
        yield _pairs("Libraries", facts["libraries"])


def list_limits(facts: Facts) -> list[str]:
    """List what the release must not be taken for, a sentence or two each."""
    limits = [
        "The score estimates how likely a user's loan is not paid on time, for users like those"
        " of the source file. It says nothing of other populations, products or countries.",
        "Outcomes are known of granted loans only. How refused applicants would have paid is not"
        " in the data.",
        "Metrics hold for the period and the persons they were measured on; drift must be watched,"
        " and the model judged anew with every release.",
        "A decision about a person must be open to review by a person, who can change it, and a"
        " refused applicant is owed the reasons.",
        "Nothing in this document is legal advice.",
    ]
    defaults = unseen_slice(facts).get("n_defaults", (facts.get("metrics") or {}).get("n_defaults"))
    if is_told(defaults) and defaults < _ENOUGH_DEFAULTS:
        limits.insert(
            0,
            f"The test loans hold {write_number(defaults)} defaults, fewer than"
            f" {_ENOUGH_DEFAULTS}: too few to judge the model by.",
        )
    if is_sample(facts):
        limits.insert(
            0,
            "The source is a sample of synthetic data: this release shows how the service works,"
            " and is no basis for decisions about people.",
        )
    return limits


def is_sample(facts: Facts) -> bool:
    """Tell whether the source calls itself a sample."""
    source = facts.get("source") or {}
    return bool(source.get("sample")) or "sample" in str(source.get("name", "")).lower()


def _pairs(caption: str, facts: dict[str, Any]) -> Table:
    rows = tuple((name, write_any(value)) for name, value in facts.items())
    return Table(caption, ("Fact", "Value"), rows, n_texts=2)
