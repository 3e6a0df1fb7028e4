"""The champion that a candidate is compared with: the release that is served."""

from dataclasses import dataclass

from shared.release.facts import Source
from shared.release.manifest import Manifest
from training.model.classifier import Classifier

SAMPLE_SHA256 = "a74c751955aaabead8965ae726b30827ef5243b0cdb3be6ffaac366a9ec3ad48"
"""Of the project's own sample: a champion made from it is a placeholder, nobody's portfolio."""


@dataclass(frozen=True, slots=True)
class Champion:
    """The release that is served while a candidate is made.

    Attributes
    ----------
    manifest : dict
        Its manifest.
    model : Classifier or None
        Its model; None when it was fitted on other features than this code makes, or with another
        version of scikit-learn than is installed, or when its file is damaged.
    anchor : Manifest or None
        Of the release that a person named to compare populations with; None for the one that the
        champion carries along.
    """

    manifest: Manifest
    model: Classifier | None
    anchor: Manifest | None = None

    @property
    def is_placeholder(self) -> bool:
        """Whether there is nothing to compare with: it was made from the project's own sample."""
        return is_sample(self.manifest.source)


def is_sample(source: Source) -> bool:
    """Tell whether a file is the project's own sample."""
    return source.get("sha256") == SAMPLE_SHA256


def mark_sample(source: Source) -> Source:
    """Say of a file, for the manifest, when it is the project's own sample."""
    return {**source, "sample": True} if is_sample(source) else source
