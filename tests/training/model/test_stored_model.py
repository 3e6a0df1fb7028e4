"""What the file of a model depends on: the model."""

import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pytest

from tests.support.small_models import fit_small_model
from training.model.stored_model import write_model

_ATTRIBUTE = "estimator"


@pytest.mark.parametrize("same_object", [True, False])
def test_equal_models_have_equal_files_whether_or_not_their_texts_are_one_object(
    tmp_path: Path, *, same_object: bool
) -> None:
    one, other = fit_small_model(), fit_small_model()
    one.note_ = [_ATTRIBUTE, _ATTRIBUTE]
    other.note_ = [_ATTRIBUTE, _ATTRIBUTE if same_object else "".join(["esti", "mator"])]
    for number, model in enumerate([one, other]):
        write_model(model, tmp_path / f"{number}")

    assert (tmp_path / "0").read_bytes() == (tmp_path / "1").read_bytes()


_LOAD_THEN_WRITE = """
import sys
from pathlib import Path
import joblib
from tests.support.small_models import fit_small_model
from training.model.stored_model import write_model
for before in sys.argv[2:]:
    joblib.load(before)
write_model(fit_small_model(), Path(sys.argv[1]))
"""


def test_a_model_loaded_before_in_the_process_changes_nothing(tmp_path: Path) -> None:
    fresh, after = tmp_path / "fresh", tmp_path / "after"
    write_model(fit_small_model(1), tmp_path / "before")

    for command in ([fresh], [after, tmp_path / "before"]):
        subprocess.run([sys.executable, "-c", _LOAD_THEN_WRITE, *map(str, command)], check=True)

    assert after.read_bytes() == fresh.read_bytes()


def test_other_models_have_other_files(tmp_path: Path) -> None:
    write_model(fit_small_model(0), tmp_path / "one")
    write_model(fit_small_model(1), tmp_path / "other")

    assert (tmp_path / "one").read_bytes() != (tmp_path / "other").read_bytes()


def test_the_file_is_one_that_joblib_loads(tmp_path: Path) -> None:
    model, rows = fit_small_model(), np.array([[0.5, 0.1], [-1.0, 0.2]])
    write_model(model, tmp_path / "model.joblib")

    loaded = joblib.load(tmp_path / "model.joblib")

    assert loaded.predict_proba(rows).tolist() == model.predict_proba(rows).tolist()
