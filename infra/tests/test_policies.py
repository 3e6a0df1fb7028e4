from pathlib import Path

import pytest

from infra.checks.policies import SKIPPED, find_violations
from infra.tests.examples import INFRA


def test_the_templates_violate_no_policy_but_those_with_a_reason() -> None:
    violated = find_violations(INFRA)

    unexpected = {policy: found for policy, found in violated.items() if policy not in SKIPPED}
    assert unexpected == {}
    assert set(SKIPPED) - set(violated) == set(), "These need no exception any more."


def test_an_account_with_shared_keys_and_old_tls_violates_policies(tmp_path: Path) -> None:
    (tmp_path / "wrong.bicep").write_text(
        """
resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: 'stexample'
  location: 'westeurope'
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: { minimumTlsVersion: 'TLS1_0', supportsHttpsTrafficOnly: false }
}
""",
        encoding="utf-8",
    )

    assert {"CKV_AZURE_3", "CKV_AZURE_44"} <= set(find_violations(tmp_path))


def test_a_template_that_checkov_cannot_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "wrong.bicep").write_text("resource a 'T/b@1' = {\n  name: (\n}", encoding="utf-8")

    with pytest.raises(ValueError, match=r"cannot read .*wrong\.bicep"):
        find_violations(tmp_path)
