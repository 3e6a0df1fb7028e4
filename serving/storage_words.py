"""Errors of storage in words that a client may read."""

from azure.core.exceptions import AzureError

from shared.errors import CreditRiskError


def describe_publicly(error: Exception) -> str:
    """Describe an error without the details that only operators may see in the log."""
    if isinstance(error, CreditRiskError):
        return str(error)
    code = getattr(error, "error_code", None) or type(error).__name__
    where = "storage" if isinstance(error, AzureError) else "this instance"
    return f"{where} reports {getattr(code, 'value', code)}; the log has the details."
