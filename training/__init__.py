"""Build releases from raw CSVs of loans: features, model, evaluation, publication."""

import os

# OpenMP reads this when scikit-learn is imported. By default its threads spin while they wait:
# on a shared processor a fit occasionally took a hundred times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
