"""What Azure's resource providers know of their objects, as Microsoft's packages describe it."""

import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from infra.checks.property_names import Model

# The model that describes the body of each resource type that the templates deploy.
_CLASSES = {
    "Microsoft.Authorization/roleAssignments": (
        "authorization.v2022_04_01:RoleAssignmentCreateParameters"
    ),
    "Microsoft.Consumption/budgets": "consumption:Budget",
    "Microsoft.EventGrid/systemTopics": "eventgrid:SystemTopic",
    "Microsoft.EventGrid/systemTopics/eventSubscriptions": "eventgrid:EventSubscription",
    "Microsoft.Insights/actionGroups": "monitor:ActionGroupResource",
    "Microsoft.Insights/components": "applicationinsights.v2020_02_02:ApplicationInsightsComponent",
    "Microsoft.Insights/metricAlerts": "monitor:MetricAlertResource",
    "Microsoft.Insights/scheduledQueryRules": "monitor:ScheduledQueryRuleResource",
    "Microsoft.Insights/webtests": "applicationinsights.v2022_06_15:WebTest",
    "Microsoft.Insights/workbooks": "applicationinsights.v2023_06_01:Workbook",
    "Microsoft.ManagedIdentity/userAssignedIdentities": "msi.v2024_11_30:Identity",
    "Microsoft.Network/privateDnsZones": "privatedns:PrivateZone",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks": "privatedns:VirtualNetworkLink",
    "Microsoft.Network/privateEndpoints": "network:PrivateEndpoint",
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups": "network:PrivateDnsZoneGroup",
    "Microsoft.Network/virtualNetworks": "network:VirtualNetwork",
    "Microsoft.OperationalInsights/workspaces": "loganalytics:Workspace",
    "Microsoft.Storage/storageAccounts": "storage:StorageAccountCreateParameters",
    "Microsoft.Storage/storageAccounts/blobServices": "storage:BlobServiceProperties",
    "Microsoft.Storage/storageAccounts/blobServices/containers": "storage:BlobContainer",
    "Microsoft.Storage/storageAccounts/managementPolicies": "storage:ManagementPolicy",
    "Microsoft.Storage/storageAccounts/queueServices": "storage:QueueServiceProperties",
    "Microsoft.Storage/storageAccounts/queueServices/queues": "storage:StorageQueue",
    "Microsoft.Storage/storageAccounts/tableServices": "storage:TableServiceProperties",
    "Microsoft.Web/serverfarms": "web:AppServicePlan",
    "Microsoft.Web/sites": "web:Site",
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": (
        "web:CsmPublishingCredentialsPoliciesEntity"
    ),
    "Microsoft.Web/sites/config": "web:StringDictionary",
}

_MODEL_NAME = re.compile(r"_models\.(\w+)")


@dataclass(frozen=True, slots=True)
class Fields:
    """An object with the given properties; None allows any."""

    known: Mapping[str, Model | None] | None

    def properties(self) -> Mapping[str, Model | None] | None:
        """Return the properties by name."""
        return self.known


@dataclass(frozen=True, slots=True)
class ProviderModel:
    """An object as a class of one of Microsoft's packages describes it.

    Attributes
    ----------
    models : module
        The package's models.
    name : str
        The class.
    """

    models: ModuleType
    name: str

    def properties(self) -> Mapping[str, Model | None]:
        """Return the properties of the class, and of those that share its discriminator."""
        found: dict[str, Model | None] = {}
        for described in _with_subclasses(getattr(self.models, self.name)):
            fields = _mapped if hasattr(described, "_attribute_map") else _annotated
            found |= fields(self.models, described)
        return found


def provider_models() -> dict[str, Model]:
    """Return the models of all resource types that the templates deploy."""
    found: dict[str, Model] = {
        "Microsoft.Insights/diagnosticSettings": _DIAGNOSTIC_SETTINGS,
        "Microsoft.Resources/resourceGroups": Fields({}),
    }
    for resource_type, place in _CLASSES.items():
        package, _, name = place.partition(":")
        models = importlib.import_module(f"azure.mgmt.{package}.models")
        found[resource_type] = ProviderModel(models, name)
    return found


# No package describes it any more.
_LOG = Fields({"category": None, "categoryGroup": None, "enabled": None})
_DIAGNOSTIC_SETTINGS = Fields(
    {"properties": Fields({"workspaceId": None, "logs": _LOG, "metrics": _LOG})}
)


def _with_subclasses(described: type[Any]) -> Iterator[type[Any]]:
    yield described
    subclasses: list[type[Any]] = described.__subclasses__()
    for subclass in subclasses:
        yield from _with_subclasses(subclass)


def _annotated(models: ModuleType, described: Any) -> dict[str, Model | None]:
    """Read a class that annotates its fields; it names them when it is first made."""
    described.__new__(described)
    annotations: dict[str, object] = {}
    for parent in reversed(described.__mro__):
        annotations |= vars(parent).get("__annotations__", {})
    return {
        str(field._rest_name): _model_in(models, str(annotations[attribute]))
        for attribute, field in described._attr_to_rest_field.items()
    }


def _model_in(models: ModuleType, annotation: str) -> Model | None:
    if "dict[" in annotation.lower():
        return Fields(None)
    named = _MODEL_NAME.search(annotation)
    if named is None or not hasattr(getattr(models, named[1], None), "_deserialize"):
        return None
    return ProviderModel(models, named[1])


def _mapped(models: ModuleType, described: Any) -> dict[str, Model | None]:
    """Read a class that maps its attributes to dotted paths."""
    tree: dict[str, Any] = {}
    for attribute in described._attribute_map.values():
        *path, last = re.split(r"(?<!\\)\.", attribute["key"])
        branch = tree
        for step in path:
            branch = branch.setdefault(step, {})
        branch[last.replace("\\.", ".")] = _type_in(models, attribute["type"])
    return _fields(tree)


def _type_in(models: ModuleType, written: str) -> Model | None:
    if written.startswith("{"):
        return Fields(None)
    name = written.strip("[]")
    if hasattr(getattr(models, name, None), "_attribute_map"):
        return ProviderModel(models, name)
    return None


def _fields(tree: Mapping[str, Any]) -> dict[str, Model | None]:
    return {
        key: Fields(_fields(branch)) if isinstance(branch, dict) else branch
        for key, branch in tree.items()
    }
