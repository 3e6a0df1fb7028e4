"""Whether the served model still holds: its predictions against the outcomes that came since."""

from collections.abc import Iterator

from shared.release.backtest import Backtest
from shared.release.evaluation import Measured
from shared.release.facts import Gate

RATIO_LIMITS = (0.8, 1.25)
"""Observed over predicted defaults."""


def judge_backtest(backtest: Backtest | None, recorded_auc: Measured) -> Iterator[Gate]:
    """Warn when the champion's predictions no longer hold.

    Parameters
    ----------
    backtest : Backtest or None
        None where there is no champion, or none that can be read: nothing is judged.
    recorded_auc : Measured
        The champion's own, from its manifest.

    Notes
    -----
    It warns and does not stop: the finding is about the model that is served, and a new candidate,
    trained on newer loans, is what cures it. A statistic warns when its whole interval lies
    beyond the limit.
    """
    if backtest is None:
        return
    yield _judge_level(backtest)
    yield _judge_order(backtest, recorded_auc)


def _judge_level(backtest: Backtest) -> Gate:
    low, high = RATIO_LIMITS
    ratio = backtest.ratio
    limit = f"{low:g} to {high:g}, warns when the 95 % interval lies outside"
    if ratio.value is None or ratio.low is None or ratio.high is None:
        detail = f"No outcome is known yet of loans after {backtest.after}."
        return Gate("backtest_level", None, limit, "passed", detail)
    outside = ratio.high < low or ratio.low > high
    detail = (
        f"Of {backtest.loans.n_loans:,} loans after {backtest.after}, {backtest.loans.n_defaults:,}"
        f" defaulted, {ratio.value:.3f} times what {backtest.version} predicted; 95 % interval"
        f" {ratio.low:.3f} to {ratio.high:.3f}."
    )
    return Gate("backtest_level", ratio.value, limit, "warned" if outside else "passed", detail)


def _judge_order(backtest: Backtest, recorded: Measured) -> Gate:
    auc = backtest.loans.metrics["roc_auc"]
    if auc.value is None or auc.high is None or recorded.value is None or recorded.low is None:
        limit = "the champion's own AUC when it was made"
        detail = "The AUC on loans since then is undefined."
        return Gate("backtest_auc", auc.value, limit, "passed", detail)
    limit = (
        f"the champion's {recorded.value:.3f} when it was made; warns when the 95 % interval lies"
        f" below its own, {recorded.low:.3f}"
    )
    detail = f"{auc.value:.3f} on loans since then, 95 % interval up to {auc.high:.3f}."
    fell = auc.high < recorded.low
    return Gate("backtest_auc", auc.value, limit, "warned" if fell else "passed", detail)
