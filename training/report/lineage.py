"""Where a release comes from, and what it may be used for."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from shared.release.facts import ReleaseFacts
from training.gates.champion import is_sample
from training.gates.judging import ENOUGH_DEFAULTS
from training.report.measures import unseen_slice
from training.report.tables import Table
from training.report.words import label, write_any


def tabulate_lineage(facts: ReleaseFacts) -> Iterable[Table]:
    """List the origin, the split, the model and the libraries."""
    source, split, decision = facts.source, facts.evaluation.split, facts.decision
    yield _pairs(
        "Release and source",
        {
            "As of": facts.as_of,
            "Source": source["name"],
            "Source, SHA-256": source.get("sha256"),
            "Source, ETag": source.get("etag"),
            "Source, uploaded": source.get("last_modified"),
            "Source, bytes": source.get("bytes"),
            **{label(name): count for name, count in msgspec.structs.asdict(facts.counts).items()},
            "Code version": facts.code_version,
        },
    )
    yield _pairs(
        "Split",
        {
            "Trained on loans before": split.cut,
            "Days until an outcome is known": split.outcome_lag_days,
            "Training loans": split.n_training_loans,
            "Evaluated on": facts.evaluated_on,
        },
    )
    yield _pairs(
        "Model and decision",
        {
            "Kind": facts.model.kind,
            **{
                f"Parameter: {label(name).lower()}": _write_parameter(name, value)
                for name, value in facts.model.parameters.items()
            },
            "Calibration, slope": facts.model.calibration.slope,
            "Calibration, intercept": facts.model.calibration.intercept,
            "Features, in order": "; ".join(label(name) for name in facts.features),
            "Threshold": decision.threshold,
            "Cost ratio": decision.cost_ratio,
            "Threshold chosen by": decision.chosen_by,
        },
    )
    yield _pairs("Libraries", facts.libraries)


def list_limits(facts: ReleaseFacts) -> list[str]:
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
    defaults = unseen_slice(facts).n_defaults
    if defaults < ENOUGH_DEFAULTS:
        limits.insert(
            0,
            f"The test loans hold {defaults} defaults, fewer than {ENOUGH_DEFAULTS}: too few to"
            " judge the model by.",
        )
    if is_sample(facts.source):
        limits.insert(
            0,
            "The source is a sample of synthetic data: this release shows how the service works,"
            " and is no basis for decisions about people.",
        )
    return limits


def _write_parameter(name: str, value: Any) -> Any:
    if name == "random_state":
        return str(value)
    if isinstance(value, Mapping):
        return {label(key): one for key, one in value.items()}
    return value


def _pairs(caption: str, facts: dict[str, Any]) -> Table:
    rows = tuple((name, write_any(value)) for name, value in facts.items())
    return Table(caption, ("Fact", "Value"), rows, n_texts=2)
