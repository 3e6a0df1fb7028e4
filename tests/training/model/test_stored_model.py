"""What the file of a model depends on: the model."""

import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression

from training.model.stored_model import write_model

_ATTRIBUTE = "estimator"


def _fit(seed: int = 0) -> CalibratedClassifierCV:
    rows = np.random.default_rng(seed).normal(size=(200, 2))
    classes = (rows.sum(axis=1) > 0).astype(int)
    line = LogisticRegression().fit(rows, classes)
    return CalibratedClassifierCV(FrozenEstimator(line)).fit(rows, classes)


@pytest.mark.parametrize("same_object", [True, False])
def test_equal_models_have_equal_files_whether_or_not_their_texts_are_one_object(
    tmp_path: Path, *, same_object: bool
) -> None:
    one, other = _fit(), _fit()
    one.note_ = [_ATTRIBUTE, _ATTRIBUTE]
    other.note_ = [_ATTRIBUTE, _ATTRIBUTE if same_object else "".join(["esti", "mator"])]
    for number, model in enumerate([one, other]):
        write_model(model, tmp_path / f"{number}")

    assert (tmp_path / "0").read_bytes() == (tmp_path / "1").read_bytes()


_LOAD_THEN_WRITE = """
import sys
from pathlib import Path
import joblib
from tests.training.model.test_stored_model import _fit
from training.model.stored_model import write_model
for before in sys.argv[2:]:
    joblib.load(before)
write_model(_fit(), Path(sys.argv[1]))
"""


def test_a_model_loaded_before_in_the_process_changes_nothing(tmp_path: Path) -> None:
    fresh, after = tmp_path / "fresh", tmp_path / "after"
    write_model(_fit(1), tmp_path / "before")

    for command in ([fresh], [after, tmp_path / "before"]):
        subprocess.run([sys.executable, "-c", _LOAD_THEN_WRITE, *map(str, command)], check=True)

    assert after.read_bytes() == fresh.read_bytes()


def test_other_models_have_other_files(tmp_path: Path) -> None:
    write_model(_fit(0), tmp_path / "one")
    write_model(_fit(1), tmp_path / "other")

    assert (tmp_path / "one").read_bytes() != (tmp_path / "other").read_bytes()


def test_the_file_is_one_that_joblib_loads(tmp_path: Path) -> None:
    model, rows = _fit(), np.array([[0.5, 0.1], [-1.0, 0.2]])
    write_model(model, tmp_path / "model.joblib")

    loaded = joblib.load(tmp_path / "model.joblib")

    assert loaded.predict_proba(rows).tolist() == model.predict_proba(rows).tolist()
