"""How well the model predicts, beside the reference's, and how real the generated loans are."""

from benchmarks.comparisons import Comparison, at_most_times, exceeds_by, more_is_better
from benchmarks.inputs import Inputs
from benchmarks.processes import run_module

MIN_AUC_GAIN = 0.15
MIN_AUC = 0.80
MAX_SLOPE_DEVIATION = 0.1

ORIGINAL_FEATURES_AUC, ORIGINAL_HISTORY_AUC = 0.54, 0.87
"""By person, on the public original: of the five features, and with the payment history."""


def compare_discrimination(inputs: Inputs) -> list[Comparison]:
    """Compare both models on the same split."""
    models = run_module("benchmarks.discrimination", inputs.csv, inputs.release).output
    generated = run_module("benchmarks.generated", inputs.csv).output
    reference, ours = models["reference"], models["ours"]
    return [
        exceeds_by(
            "AUC on later loans of persons held out; the ratio is the difference",
            reference,
            ours,
            "",
            MIN_AUC_GAIN,
        ),
        more_is_better("AUC, against the minimum on the left", MIN_AUC, ours, "", 1),
        at_most_times(
            "calibration slope's deviation from 1, against the limit on the left",
            MAX_SLOPE_DEVIATION,
            abs(models["slope"] - 1),
            "",
            1,
        ),
        at_most_times(
            "AUC by person of the five features, generated loans against the original on the left",
            ORIGINAL_FEATURES_AUC,
            generated["features"],
            "",
            1.05,
        ),
        at_most_times(
            "AUC by person with payment history, generated loans against the original on the left",
            ORIGINAL_HISTORY_AUC,
            generated["history"],
            "",
            1.02,
        ),
    ]
