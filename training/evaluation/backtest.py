"""What the served model predicted before outcomes were known, against what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from shared.release.backtest import Backtest, BacktestMonth
from shared.release.evaluation import Measured
from shared.release.features import LOAN_DATE, STATUS
from shared.release.manifest import Manifest
from training.dataset.dataset import Dataset
from training.dataset.split import Mask
from training.evaluation.metrics import measure
from training.evaluation.proportions import divide_by_number, measure_share
from training.evaluation.score_counts import Floats, Integers
from training.evaluation.segments import months
from training.model.classifier import Classifier, predict_default

MAX_MONTHS = 60
"""So many months of the series are carried along."""

_ROUNDS = 100
_ROUNDS_OF_A_MONTH = 50


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model that was served, and what its manifest tells.

    Attributes
    ----------
    manifest : Manifest
        Of its release.
    model : Classifier
        Readable by this code.
    """

    manifest: Manifest
    model: Classifier

    @property
    def tested_until(self) -> date:
        """The last day whose loans the model was made or measured with."""
        lag = timedelta(days=self.manifest.evaluation.split.outcome_lag_days)
        return date.fromisoformat(self.manifest.as_of) - lag


def backtest(served: ServedModel, dataset: Dataset) -> Backtest:
    """Hold a served model's predictions against the outcomes that came since.

    Parameters
    ----------
    served : ServedModel
        The champion.
    dataset : Dataset
        Of the new delivery; the features of a loan are as of its own day.

    Returns
    -------
    Backtest
        Of the loans granted after the served model's own test data ended. The series goes on
        where the champion's manifest left it: there, earlier models' months stand.
    """
    chosen = _find_later_loans(dataset, served.tested_until)
    loans = dataset.loans[chosen]
    status = loans[STATUS].to_numpy(np.int64)
    predicted = predict_default(served.model, loans) if len(loans) else np.empty(0)
    persons = dataset.persons[chosen]
    mean = float(predicted.mean()) if len(loans) else None
    person = np.unique(persons, return_inverse=True)[1]
    observed = measure_share(status == 1, person)
    month = months(loans[LOAN_DATE].to_numpy().astype("datetime64[D]"))
    previous = served.manifest.backtest
    version = served.manifest.version
    own = [
        _describe_month(name, version, status[at], predicted[at], person[at])
        for name in np.unique(month).tolist()
        for at in (month == name,)
    ]
    return Backtest(
        version=version,
        after=served.tested_until.isoformat(),
        predicted=mean,
        ratio=divide_by_number(observed, mean or 0.0),
        loans=measure(
            status, predicted, persons, served.manifest.decision.threshold, rounds=_ROUNDS
        ),
        months=continue_series(previous.months if previous else [], own),
    )


def continue_series(
    recorded: Sequence[BacktestMonth], measured: Sequence[BacktestMonth]
) -> list[BacktestMonth]:
    """Add a model's months to those that are recorded of earlier models, which stay as they are."""
    known = {(one.version, one.month) for one in recorded}
    added = [one for one in measured if (one.version, one.month) not in known]
    return [*recorded, *added][-MAX_MONTHS:]


def _find_later_loans(dataset: Dataset, after: date) -> Mask:
    days = dataset.loans[LOAN_DATE].to_numpy().astype("datetime64[D]")
    known = dataset.loans[STATUS].notna().to_numpy()
    # The split holds every loan from its cut on whose outcome is due by now.
    tested = dataset.split.unseen | dataset.split.seen
    until = days[tested].max() if tested.any() else np.datetime64(after)
    chosen: Mask = known & (days > np.datetime64(after)) & (days <= until)
    return chosen


def _describe_month(
    month: str, version: str, status: Integers, predicted: Floats, person: npt.NDArray[np.int64]
) -> BacktestMonth:
    measured = measure(status, predicted, person, 0.5, rounds=_ROUNDS_OF_A_MONTH)
    return BacktestMonth(
        month=month,
        version=version,
        n_loans=len(status),
        n_defaults=int(status.sum()),
        predicted=float(predicted.mean()),
        observed=measure_share(status == 1, person),
        roc_auc=measured.metrics.get("roc_auc", Measured(None)),
    )
