"""Uploads to the input container, and what their runs leave in storage."""

import json

from azure.storage.blob import BlobClient, ContainerClient

from shared.registry.runs import FixedSettings, RunRecord, run_blob_name, run_id
from shared.settings import RunSettings
from tests.support.portfolios import AS_OF

RUN_SETTINGS = RunSettings(as_of=AS_OF)
FIXED: FixedSettings = {"as_of": AS_OF.isoformat(), "cost_ratio": 20.0, "outcome_lag_days": 90}


def drop(inputs: ContainerClient, content: bytes, name: str = "loans.csv") -> BlobClient:
    return inputs.upload_blob(name, content, overwrite=True)


def run_of(upload: BlobClient) -> str:
    properties = upload.get_blob_properties()
    return run_id(str(upload.blob_name), properties.etag, properties.last_modified)


def record_of(upload: BlobClient, releases: ContainerClient) -> RunRecord:
    content = releases.download_blob(run_blob_name(run_of(upload))).readall()
    record: RunRecord = json.loads(content)
    return record


def versions(releases: ContainerClient) -> set[str]:
    names = releases.list_blob_names()
    return {name.split("/")[0] for name in names if name.endswith("manifest.json")}
