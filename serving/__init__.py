"""From a published release to HTTP responses, without pandas or scikit-learn."""
