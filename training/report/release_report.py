"""Write what a release tells a person into its directory."""

from pathlib import Path

from shared.release.manifest import MODEL_CARD, REPORT, Manifest
from training.report.model_card import write_model_card
from training.report.page import write_page


def write_report(directory: Path, manifest_facts: Manifest) -> None:
    """Write the report and the model card.

    Parameters
    ----------
    directory : Path
        The release's, before its manifest is written.
    manifest_facts : dict
        What the manifest will tell. Any part may be missing, and is said to be; the version and
        the time of creation usually are not known yet.

    Notes
    -----
    The same facts give the same bytes.
    """
    (directory / REPORT).write_text(write_page(manifest_facts), encoding="utf-8")
    (directory / MODEL_CARD).write_text(write_model_card(manifest_facts), encoding="utf-8")
