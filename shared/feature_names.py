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

MODEL_FEATURES = REFERENCE_FEATURES
"""The features that the model is fitted on, in the order of its columns."""
