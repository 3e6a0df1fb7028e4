"""An as-of date after today is refused unless it is forced."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient

import training.retraining
from shared.errors import RejectedFileError
from shared.settings import RunSettings, today
from tests.support.prebuilt_runs import copy_of
from tests.support.uploads import drop, record_of
from training.__main__ import main
from training.as_of import require_past
from training.retraining import retrain

NOW = date(2026, 11, 26)


@pytest.mark.parametrize(("days", "forced"), [(0, False), (-1, False), (1, True)])
def test_today_and_earlier_are_taken_and_later_if_forced(days: int, forced: bool) -> None:
    require_past(NOW + timedelta(days=days), NOW, forced=forced)


def test_a_day_after_today_is_refused_with_what_to_do() -> None:
    with pytest.raises(
        RejectedFileError, match=r"after today, 2026-11-26, and is 2026-11-27.*FORCE"
    ):
        require_past(NOW + timedelta(days=1), NOW, forced=False)


@pytest.mark.parametrize(("forced", "state"), [(False, "rejected"), (True, "published")])
def test_an_upload_is_rejected_on_a_day_after_today(
    inputs: ContainerClient,
    releases: ContainerClient,
    release: Path,
    monkeypatch: pytest.MonkeyPatch,
    forced: bool,
    state: str,
) -> None:
    monkeypatch.setattr(training.retraining, "build_release", copy_of(release))
    upload = drop(inputs, b"any")

    retrain(upload, releases, RunSettings(as_of=date(2100, 1, 1), as_of_force=forced))

    assert record_of(upload, releases)["state"] == state


@pytest.mark.parametrize("setting", [False, True])
def test_the_command_line_refuses_a_day_after_today(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    setting: bool,
) -> None:
    csv = tmp_path / "loans.csv"
    csv.write_text("loan_id,id\n1,2\n")
    later = (today() + timedelta(days=2)).isoformat()
    asked = [] if setting else ["--as-of", later]
    if setting:
        monkeypatch.setenv("AS_OF", later)

    assert main([str(csv), "--out", str(tmp_path / "out"), *asked]) == 1
    assert "must not be after today" in capsys.readouterr().err
    main([str(csv), "--out", str(tmp_path / "out"), *asked, "--force-as-of"])
    assert "is missing: add it." in capsys.readouterr().err
