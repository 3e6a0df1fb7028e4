"""What a run is asked to do."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from shared.release.facts import AuditHead
from shared.release.source import Source

if TYPE_CHECKING:
    from training.gates.champion import Champion


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """What a run is asked to do.

    Attributes
    ----------
    csv : Path
        The raw file.
    source : Source
        Where the file came from, for the manifest.
    as_of : datetime.date
        The day on which users are described as they are served.
    cost_ratio : float
        Cost of a missed default in units of a refused good payer.
    outcome_lag_days : int
        After how many days a loan's outcome is known.
    champion : Champion or None
        The release that is served, to compare with; None where there is none.
    version : str or None
        The version that the release gets; None for one that its content gives it.
    audit_head : AuditHead or None
        The last record of the audit as the run began; None offline.
    keep_csv : bool
        False to remove the raw file once it is read: temporary storage is small.
    """

    csv: Path
    source: Source
    as_of: date
    cost_ratio: float
    outcome_lag_days: int = 90
    champion: "Champion | None" = None
    version: str | None = None
    audit_head: AuditHead | None = None
    keep_csv: bool = True
