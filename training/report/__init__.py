"""What a release tells of itself to a person: its report and its model card."""

from training.report.release_report import write_report

__all__ = ["write_report"]
