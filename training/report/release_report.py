"""Write the report and the model card into a release's directory."""

from pathlib import Path

from shared.release.facts import ReleaseFacts
from shared.release.files import MODEL_CARD, REPORT
from training.report.model_card import write_model_card
from training.report.page import write_page


def write_report(directory: Path, facts: ReleaseFacts) -> None:
    """Write the report and the model card.

    Parameters
    ----------
    directory : Path
        The release's, before its manifest is written.
    facts : ReleaseFacts
        What the manifest will tell.

    Notes
    -----
    The same facts give the same bytes.
    """
    (directory / REPORT).write_text(write_page(facts), encoding="utf-8")
    (directory / MODEL_CARD).write_text(write_model_card(facts), encoding="utf-8")
