"""The words around the tables of `docs/gates.md`."""

INTRODUCTION = """\
# What the gates stop

`python -m benchmarks.gates` writes this page: it draws portfolios with `data.generate`'s generator,
makes a champion and a candidate of each in memory, and takes the candidate through the gates of
`training/gates/`. Wrong deliveries must be stopped, healthy ones must not be. The
champion is the release of the quarter before unless the name says otherwise.
"""

REASONS = {
    "stability of the score and of growing features": (
        "`nb_previous_loans`, the applicant's record and with them the score move with every"
        " quarter of a sound portfolio. A stop would lock it out, and the frozen champion would"
        " drift further away. What spoils them without reason shows in ids, outcomes, level or AUC,"
        " which stop."
    ),
    "stability between 0.10 and 0.25": (
        "a moderate change by the usual marks: populations move, and a later delivery that moves"
        " on is compared with this one only if this one is served."
    ),
    "calibration_slope from 0.6 to 0.8 and from 1.25 to 1.67": (
        "the order of the scores holds and so does their level; a young portfolio of 10,000 users"
        " has 40 defaulting test persons, and its model is often a bit too sure of itself."
    ),
    "fewer than 20 persons who defaulted": (
        "calibration slope and AUC then have intervals that are themselves too uncertain. A sound"
        " portfolio of 300 users has a handful of such persons among the test loans, and cannot"
        " prove that it ranks at all. Order, age rule, ids and outcomes need no sample, and stop."
    ),
    "auc_against_champion without the champion's model": (
        "after an upgrade of scikit-learn the champion cannot be loaded: the AUC on record and the"
        " lower end above 0.5 judge instead, and they stop."
    ),
    "auc_against_champion, a loss below 0.01": (
        "two equal models differ by chance in every fortieth comparison; less than a hundredth of"
        " AUC changes few decisions."
    ),
    "auc_against_champion, a loss below 0.03 with a log loss that is not higher": (
        "the champion of a younger portfolio is often a logistic regression: it ranks well and"
        " predicts the level worse. The expected cost follows the log loss, the proper score."
    ),
    "score_order at slope 0": (
        "a model that gives everyone the base rate is honest, if dull; above 20 defaulting persons"
        " the AUC stops it."
    ),
    "loans_lost without the champion's table": (
        "its training table is damaged; the counts of users and loans still stop a collapse."
    ),
    "ids gone and outcomes changed, a few": (
        "persons ask for deletion and back offices correct outcomes: up to 5 % of the ids and 10 %"
        " of the outcomes."
    ),
    "outcome_coverage and default_rate_by_month with too few months": (
        "a file of a quarter has no earlier months to compare with."
    ),
    "refused_users below 0.5 % or above 60 %": (
        "a lender may choose a `COST_RATIO` that refuses few or many; nearly nobody and nearly"
        " everybody stop."
    ),
    "users or loans between 60 % and 90 %, or grown by half": (
        "portfolios are sold and bought. Ids that are gone stop by their own gate, and growth"
        " without persons by `users_per_person` and `loans_repeated`."
    ),
}
