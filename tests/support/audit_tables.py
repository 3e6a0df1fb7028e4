"""Tables of the audit that only one test uses."""

from typing import Any
from uuid import uuid4

from azure.data.tables import TableClient

from shared.audit.chain import Record, read_record
from shared.audit.executions import ExecutionTable
from shared.audit.journal import TableJournal
from shared.audit.sweep import Audit
from shared.audit.tables import join_text, table_client
from shared.settings import Settings


def new_table(storage: str, kind: str = "audit") -> TableClient:
    """Return the client of a table that does not exist yet."""
    return table_client(Settings(storage_connection=storage), f"{kind}{uuid4().hex[:12]}")


def filled_journal(storage: str, records: int) -> tuple[TableJournal, TableClient]:
    """Return a journal with records, and its table."""
    table = new_table(storage)
    journal = TableJournal(table)
    for number in range(1, records + 1):
        journal.record("test.happened", f"event-{number}", {"number": number})
    return journal, table


def record_entity(table: TableClient, number: int) -> dict[str, Any]:
    """Return a record as storage has it."""
    return dict(table.get_entity("chain", f"r-{number:012}"))


def content_of(table: TableClient, number: int) -> str:
    """Return a record's text."""
    return join_text(record_entity(table, number))


def new_audit(storage: str) -> tuple[Audit, TableClient]:
    """Return an audit of tables that do not exist yet, and the table of its chain."""
    chain = new_table(storage)
    executions = ExecutionTable(new_table(storage, "executions"))
    return Audit(TableJournal(chain), executions), chain


def chained(audit: Audit) -> list[Record]:
    """Return the records of a chain."""
    return [read_record(one.content) for one in audit.journal.records()]


def kinds(audit: Audit) -> list[str]:
    """Return what a chain tells, in order."""
    return [one.kind for one in chained(audit)]
