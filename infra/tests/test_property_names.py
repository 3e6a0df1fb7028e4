from pathlib import Path

import pytest

from infra.checks.property_names import Model, find_unknown_properties
from infra.checks.provider_models import provider_models
from infra.tests.examples import INFRA, real_templates, template


@pytest.fixture(scope="module")
def models() -> dict[str, Model]:
    return provider_models()


@pytest.mark.parametrize("path", sorted(INFRA.glob("*.bicep")), ids=lambda path: path.name)
def test_the_providers_know_every_property(path: Path, models: dict[str, Model]) -> None:
    assert find_unknown_properties(real_templates()[path.resolve()], models) == []


@pytest.mark.parametrize(
    ("path", "right", "wrong", "where"),
    [
        ("site.bicep", "instanceMemoryMB:", "instanceMemoryMb:", "scaleAndConcurrency"),
        ("storage.bicep", "allowSharedKeyAccess:", "allowSharedKeyAcess:", "properties"),
        ("storage.bicep", "isVersioningEnabled:", "versioningEnabled:", "properties"),
        ("storage.bicep", "daysAfterCreationGreaterThan:", "daysAfterCreation:", "version.delete"),
        ("events.bicep", "subjectBeginsWith:", "subjectStartsWith:", "properties.filter"),
        ("events.bicep", "endpointUrl:", "endpointURL:", "destination.properties"),
        (
            "events.bicep",
            "blobContainerName:",
            "containerName:",
            "deadLetterDestination.properties",
        ),
        ("alerts.bicep", "failingPeriods:", "failingPeriod:", "criteria.allOf"),
        ("alerts.bicep", "webTestId:", "webtestId:", "properties.criteria"),
        (
            "monitoring.bicep",
            "DisableLocalAuth: true",
            "disableLocalAuthentication: true",
            "insights",
        ),
        ("network.bicep", "groupIds:", "groups:", "privateLinkServiceConnections"),
        ("budget.bicep", "timePeriod:", "period:", "properties"),
        ("access.bicep", "principalType:", "principleType:", "properties"),
    ],
)
def test_a_misspelt_property_is_found(
    path: str, right: str, wrong: str, where: str, models: dict[str, Model]
) -> None:
    text = (INFRA / path).read_text(encoding="utf-8")
    assert right in text

    problems = find_unknown_properties(template(text.replace(right, wrong, 1), path), models)

    assert len(problems) == 1
    assert f"has no property {wrong.partition(':')[0]}." in problems[0]
    assert where in problems[0]


def test_a_resource_type_without_a_model_is_reported(models: dict[str, Model]) -> None:
    text = "resource a 'Microsoft.Web/sties@2024-04-01' = { name: 'a' }"

    assert find_unknown_properties(template(text), models) == [
        "example.bicep: there is no model of Microsoft.Web/sties."
    ]
