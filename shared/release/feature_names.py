"""The one ordered list of features, from CSV column to JSON key."""

USER = "id"
LOAN = "loan_id"
LOAN_DATE = "loan_date"
STATUS = "status"

REFERENCE_FEATURES = (
    "nb_previous_loans",
    "avg_amount_loans_previous",
    "age",
    "years_on_the_job",
    "flag_own_car",
)
"""The features that the public answer shows, in its order."""

RECORD_FEATURES = ("nb_previous_unpaid", "share_previous_unpaid")
"""The applicant's own record: of the previous loans whose outcome was known by then, how many
were not paid on time, and which share."""

MODEL_FEATURES = (*REFERENCE_FEATURES, *RECORD_FEATURES)
"""The features that the model is fitted on, in the order of its columns."""
