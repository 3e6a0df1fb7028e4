"""The execution on record while its run proceeds."""

import logging
from collections.abc import Callable

import msgspec
from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerClient

from shared.audit.sweep import Audit, record_decisions, record_run
from shared.errors import CreditRiskError
from shared.release.facts import AuditHead
from training.progress import Step

logger = logging.getLogger(__name__)


class ExecutionLog:
    """Copies a run's record to the audit as the run proceeds.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    run : str
        The run's id.
    audit : Audit or None
        None where nothing is to be recorded.

    Notes
    -----
    It listens behind the writer of the run record, and copies what that has just written. A
    failure never fails the run: nothing more is copied then, and the sweep adds what is missing.
    """

    def __init__(self, container: ContainerClient, run: str, audit: Audit | None) -> None:
        self._container = container
        self._run = run
        self._audit = audit

    def begin(self) -> AuditHead | None:
        """Record the start; return the head of the chain, None if it is not known."""
        self._try(self._record, "its start")
        head: list[AuditHead] = []
        self._try(lambda audit: head.append(audit.journal.head()), "the head of the chain")
        return head[0] if head else None

    def end(self) -> None:
        """Record the outcome that the run record holds, and the decisions about its release."""
        self._try(self._record, "its end")
        self._try(self._record_decisions, "the decisions about its release")

    def step_started(self, step: Step) -> None:
        self._try(self._mirror, step.name)

    def step_finished(self, step: Step) -> None:
        self._try(self._mirror, step.name)

    def step_failed(self, step: Step) -> None:
        """Leave it as it is: the end follows."""

    def _record(self, audit: Audit) -> None:
        record_run(self._container, audit, self._run)

    def _record_decisions(self, audit: Audit) -> None:
        execution = audit.executions.fetch(self._run)
        if execution is not None:
            record_decisions(self._container, audit, [execution.version])

    def _mirror(self, audit: Audit) -> None:
        audit.executions.mirror(self._container, self._run)

    def _try(self, write: Callable[[Audit], None], what: str) -> None:
        if self._audit is None:
            return
        try:
            write(self._audit)
        except (AzureError, CreditRiskError, ValueError, msgspec.DecodeError) as error:
            self._audit = None
            logger.warning(
                "Run %s is missing in the audit from %s on, until the next sweep: %s",
                self._run,
                what,
                error,
            )
