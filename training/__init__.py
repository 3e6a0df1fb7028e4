"""From a raw CSV of loans to a release: features, model, evaluation, publication."""
