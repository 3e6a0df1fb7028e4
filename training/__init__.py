"""Build releases from raw CSVs of loans: features, model, evaluation, publication."""

import os

# OpenMP reads this when scikit-learn is imported. By default its threads spin while they wait:
# on a shared processor a fit occasionally took a hundred times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# OpenBLAS reads this when numpy is imported. Its threads gain little on what is computed here, and
# on a shared processor they wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
