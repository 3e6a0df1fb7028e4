"""What a served model predicted, against what came of it, as the manifest tells it."""

from msgspec import Struct

from shared.release.evaluation import Measured, Slice


class BacktestMonth(Struct, frozen=True):
    """One month's loans as a served model predicted them, and what came of them.

    Attributes
    ----------
    month : str
        As "2021-03".
    version : str
        The release whose model predicted.
    n_loans, n_defaults : int
        With an outcome that is known by now.
    predicted : float
        The mean predicted probability of default.
    observed, roc_auc : Measured
        The default rate and the AUC, with 95 % intervals; the AUC's value is None for one class.
    """

    month: str
    version: str
    n_loans: int
    n_defaults: int
    predicted: float
    observed: Measured
    roc_auc: Measured


class Backtest(Struct, frozen=True):
    """What a served model predicted before outcomes were known, against what came.

    Attributes
    ----------
    version : str
        The served release, the champion of the run.
    after : str
        Its own test data ended on this day; the loans are later.
    predicted : float or None
        The mean prediction over all of them; None without loans.
    ratio : Measured
        Observed over predicted defaults.
    loans : Slice
        All of them measured together, with reliability by band of the score.
    months : list of BacktestMonth
        The series: months that earlier runs recorded of earlier models, then this model's.
    """

    version: str
    after: str
    predicted: float | None
    ratio: Measured
    loans: Slice
    months: list[BacktestMonth]
