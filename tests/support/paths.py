"""Where the project's own files are, and the optional larger sample."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "data" / "sample.csv"
SHARED_SAMPLE = ROOT.parent / "shared" / "data" / "sample_loans.csv"
