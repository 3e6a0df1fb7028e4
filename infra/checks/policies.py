"""Security policies of checkov, and the reason for each that does not apply."""

import json
import subprocess
import sys
from pathlib import Path

# A policy is skipped for all resources: each reason holds for every one of them.
SKIPPED = {
    "CKV_AZURE_13": "reads a site's settings as a configuration of authentication",
    "CKV_AZURE_17": "clients have function keys, not certificates",
    "CKV_AZURE_18": "reads the choice of the plan as nothing; Flex Consumption always has HTTP/2",
    "CKV_AZURE_35": "parameters decide: private endpoints are optional",
    "CKV_AZURE_43": "sees the name as it is written, with its interpolation",
    "CKV_AZURE_63": "a web app's log; functions log to Application Insights",
    "CKV_AZURE_65": "a web app's pages; the app answers errors itself",
    "CKV_AZURE_66": "a web app's tracing; requests are in Application Insights",
    "CKV_AZURE_67": "reads the choice of the plan as nothing; Flex Consumption always has HTTP/2",
    "CKV_AZURE_78": "reads the choice of the plan as nothing; passwords for FTP are forbidden",
    "CKV_AZURE_80": "there is no .NET here",
    "CKV_AZURE_88": "the package is in a blob container, not on a file share",
    "CKV_AZURE_206": "parameters decide for the data; the host's account can be made anew",
    "CKV_AZURE_212": "the plan scales; parameters decide how many instances are always ready",
    "CKV_AZURE_213": "Flex Consumption has no health check; an availability test asks from outside",
    "CKV_AZURE_222": "the service is public by purpose; its routes need keys",
    "CKV_AZURE_225": "a plan of instances in several zones is a matter of price",
}


def find_violations(folder: Path) -> dict[str, list[str]]:
    """Find the resources that violate a policy, skipped or not, by the policy's id.

    Raises
    ------
    ValueError
        When checkov could not read a template: it reports that as success.
    """
    command = [sys.executable, "-m", "checkov.main", "--framework", "bicep", "--skip-download"]
    command += ["--output", "json", "--soft-fail", "--directory", str(folder)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    report = json.loads(run.stdout)
    if isinstance(report, list) or "results" not in report:
        raise ValueError(f"Expected a report about Bicep, got {run.stdout[:200]} {run.stderr}")
    if unread := report["results"]["parsing_errors"]:
        raise ValueError(f"checkov cannot read {', '.join(unread)}: write them more plainly.")
    violations: dict[str, list[str]] = {}
    for found in report["results"]["failed_checks"]:
        line = f"{found['resource']}: {found['check_name']}"
        violations.setdefault(found["check_id"], []).append(line)
    return violations
