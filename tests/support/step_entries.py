"""What a run tells of its steps."""

from training.progress import Step


class StepEntries:
    """What happens to each step, in order."""

    def __init__(self) -> None:
        self.entries: list[str] = []

    def step_started(self, step: Step) -> None:
        self.entries.append(f"{step.name} …")

    def step_finished(self, step: Step) -> None:
        assert step.detail
        assert step.seconds > 0
        self.entries.append(step.name)

    def step_failed(self, step: Step) -> None:
        self.entries.append(f"{step.name} failed")

    def require_whole_run(self) -> None:
        """Require that every step of a run began and ended, one after the other."""
        steps = ["read", "engineer", "write", "split", "train", "evaluate"]
        steps += ["score", "check", "review", "report"]
        assert self.entries == [entry for name in steps for entry in (f"{name} …", name)]
