"""The model, the baseline beside it, its decision and its explanations."""
