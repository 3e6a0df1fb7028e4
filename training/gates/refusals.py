"""Whether the rule refuses a share of the users that a lender can mean."""

from msgspec.structs import replace

from shared.release.facts import Gate, Population, Verdict
from training.evaluation.shares import compare_shares, measure_share
from training.gates.judging import judge_range

REFUSED_WARNS, REFUSED_STOPS = (0.005, 0.6), (0.002, 0.9)
ODDS_WARNS, ODDS_STOPS = (2 / 3, 1.5), (0.25, 4.0)


def judge_refused(share: float, n_persons: int) -> Gate:
    """Hold the share of refused users against none and all.

    Parameters
    ----------
    share : float
        Of the users.
    n_persons : int
        Behind the users; they are the sample.
    """
    refused = measure_share(share, n_persons)
    gate = judge_range("refused_users", refused, REFUSED_WARNS, REFUSED_STOPS)
    if gate.verdict == "passed" and not REFUSED_WARNS[0] <= share <= REFUSED_WARNS[1]:
        return replace(gate, verdict="warned")
    return gate


def judge_refused_since(
    champion: Population, champion_persons: int, share: float, n_persons: int
) -> Gate:
    """Compare the odds of a refusal with the champion's.

    Notes
    -----
    A champion that itself refuses nearly nobody or nearly everybody is no measure: its successor,
    which knows more, only warns.
    """
    before = champion.predicted_default_share
    odds = compare_shares(share, n_persons, before, champion_persons or n_persons)
    gate = judge_range("refused_users_since_champion", odds, ODDS_WARNS, ODDS_STOPS)
    if gate.verdict == "stopped" and not REFUSED_WARNS[0] <= before <= REFUSED_WARNS[1]:
        return replace(
            gate, verdict="warned", detail=f"{gate.detail} The champion had {before:.1%}."
        )
    return gate


def judge_cost_ratio(cost_ratio: float) -> Gate:
    """Require that a missed default costs at least as much as a refused good payer.

    Notes
    -----
    A lender loses what was lent, and else gains interest. A ratio below 1 refuses only whom the
    model holds more likely to default than not: a slip, such as the inverse of what is meant.
    """
    verdict: Verdict = "stopped" if cost_ratio < 1 else "passed"
    detail = f"A missed default is held to cost {cost_ratio:g} times a refused good payer."
    return Gate("cost_ratio", cost_ratio, "stops below 1", verdict, detail)
