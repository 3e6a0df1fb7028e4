"""The report and the model card of a real release, and that they are reproducible."""

from pathlib import Path

import pytest

from shared.release.files import MODEL_CARD, REPORT
from shared.release.manifest import Manifest
from tests.support.html_page import Page
from tests.support.release_facts import make_facts
from tests.support.stored_releases import read_manifest
from training.gates.champion import SAMPLE_SHA256
from training.report import write_report
from training.report.model_card import write_model_card
from training.report.page import write_page


@pytest.fixture(scope="module")
def manifest(release: Path) -> Manifest:
    return read_manifest(release)


def test_the_manifest_of_a_release_gives_its_report_again(
    release: Path, manifest: Manifest
) -> None:
    assert write_page(manifest) == (release / REPORT).read_text()


def test_the_manifest_of_a_release_gives_its_model_card_again(
    release: Path, manifest: Manifest
) -> None:
    assert write_model_card(manifest) == (release / MODEL_CARD).read_text()


def test_the_report_of_a_release_is_complete(manifest: Manifest) -> None:
    page = Page(write_page(manifest))

    assert len(page.all("section")) == 12
    assert len(page.all("svg")) == 6 + len(manifest.effects)
    assert "None" not in page.text
    for fact in (manifest.as_of, manifest.source["name"], manifest.code_version):
        assert fact in page.text
    for gate in manifest.gates:
        assert gate.detail in page.text


def test_the_model_card_of_a_release_names_its_features_and_its_libraries(
    manifest: Manifest,
) -> None:
    card = write_model_card(manifest)

    assert "None" not in card
    for name in (*manifest.features, *manifest.libraries):
        assert name.replace("_", "\\_") in card


def test_the_same_facts_give_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        write_report(folder, make_facts())
        written.append([(folder / name).read_bytes() for name in (REPORT, MODEL_CARD)])

    assert written[0] == written[1]
    assert len(written[0][0]) < 1_500_000


@pytest.mark.parametrize(("sha256", "synthetic"), [(SAMPLE_SHA256, True), ("ab" * 32, False)])
def test_only_the_sample_is_called_synthetic(sha256: str, synthetic: bool) -> None:
    html = write_page(make_facts(source={"name": "loans.csv", "sha256": sha256}))

    assert ("synthetic" in html) is synthetic
