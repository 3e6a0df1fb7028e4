"""From a published release to HTTP answers, without pandas or scikit-learn."""
