"""What to do about a gate that does not pass, in a sentence."""

from shared.release.facts import Gate

_ADVICE = {
    "score_parity": "Train again: what was written does not score as the model does.",
    "calibration": "Compare the base rate by month with the champion's: look for outcomes that are"
    " missing, late or coded otherwise before the probabilities are used.",
    "age_rule": "Do not use the model: keep age out of it, or constrain its sign, and train again.",
    "auc": "Check that outcomes belong to their loans and that nobody sorted or refilled a column;"
    " then compare the features' effects with the champion's.",
    "stability": "Ask what changed in the portfolio or in its extract since the champion; approve"
    " only when the change is known and wanted.",
    "users": "Compare the extract's filters with the last delivery's: users should neither vanish"
    " nor appear twice.",
    "loans": "Compare the extract's filters with the last delivery's: loans should neither vanish"
    " nor appear twice.",
    "backtest": "The served model no longer holds: prefer a candidate trained on newer loans, and"
    " find out which month it began to fail.",
    "default_rate": "Check how outcomes are coded and whether all of them were delivered, month by"
    " month.",
    "outcome": "Check whether the outcomes of every month were delivered; deliver them again if"
    " not.",
    "refused": "Compare COST_RATIO with the cost of a missed default: the threshold follows from"
    " it.",
    "unpaid_loans": "Do not use the model: more unpaid loans must not lower a score. Look for"
    " outcomes coded the wrong way round.",
    "order": "Do not use the model: its calibration turns the order of the scores about. Train on"
    " more defaults.",
    "per_person": "Check whether users were delivered twice, under new ids.",
    "loans_repeated": "Check whether loans were delivered twice, under new ids.",
}
_OTHERWISE = "Find the cause of the finding, and approve only when it is known and acceptable."


def advise(gate: Gate) -> str:
    """Say what to do about a gate, by the longest part of its name that is known."""
    known = [part for part in _ADVICE if part in gate.name]
    return _ADVICE[max(known, key=len)] if known else _OTHERWISE
