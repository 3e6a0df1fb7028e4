"""From a raw CSV of loans to a release: features, model, evaluation, publication."""

import os

# OpenMP reads this when scikit-learn is imported. Its threads would wait for each other by
# spinning: on a shared processor a fit now and then took a hundred times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
