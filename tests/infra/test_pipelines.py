import copy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.paths import ROOT
from tests.support.pipelines import find_problems, read_pipeline

PIPELINE = ROOT / "azure-pipelines.yml"
FOLDER = ROOT / "pipelines"
ALL = [PIPELINE, *sorted(FOLDER.glob("*.yml"))]


def check_schema(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--regex-variant", "python"]
    command += ["--builtin-schema", "vendor.azure-pipelines"]
    command += ["--data-transform", "azure-pipelines", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def pipeline() -> dict[str, Any]:
    return read_pipeline(PIPELINE)


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_a_pipeline_refers_to_nothing_in_vain(path: Path) -> None:
    assert find_problems(read_pipeline(path), path.parent, ROOT) == []


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.name)
def test_a_template_has_the_schema_of_azure_pipelines(path: Path) -> None:
    checked = check_schema(path)

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("isFlexConsumption: true", 'isFlexConsumption: "true"'),
        ("connectedServiceNameARM:", "azureSubscriptionName:"),
        ("scriptType: bash", "scriptType: zsh"),
    ],
)
def test_the_schema_catches_a_wrong_input(tmp_path: Path, right: str, wrong: str) -> None:
    text = (FOLDER / "code.yml").read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "code.yml").write_text(text.replace(right, wrong), encoding="utf-8")

    assert check_schema(tmp_path / "code.yml").returncode != 0


def test_a_stage_that_depends_on_no_stage_is_found(pipeline: dict[str, Any]) -> None:
    pipeline["stages"][1]["dependsOn"] = "Validation"

    assert find_problems(pipeline, ROOT, ROOT) == [
        "stage Package depends on Validation, which is no stage."
    ]


def test_a_job_that_depends_on_no_job_is_found() -> None:
    jobs = read_pipeline(FOLDER / "validate.yml")
    jobs["jobs"][1]["dependsOn"] = ["Test", "Lint"]

    assert find_problems(jobs, FOLDER, ROOT) == ["job Compile depends on Lint, which is no job."]


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ({"template": "nowhere.yml"}, "There is no template nowhere.yml."),
        (
            {"template": "infrastructure.yml", "parameters": {"enviroment": "prod"}},
            "infrastructure.yml has no parameter enviroment.",
        ),
        ({"template": "infrastructure.yml"}, "infrastructure.yml needs the parameter environment."),
        (
            {"template": "deploy.yml", "parameters": {"environment": "qa", "dropsSample": False}},
            "deploy.yml: environment must be one of ['staging', 'prod'], not 'qa'.",
        ),
        ({"script": "infra/scripts/nothing.sh"}, "infra/scripts/nothing.sh is missing"),
        ({"script": "echo ${{ parameters.name }}"}, "The parameter name is used and not declared."),
        (
            {"task": "AzureFunctionApp@2", "inputs": {"isFlexConsumption": "true"}},
            "AzureFunctionApp@2: isFlexConsumption must be an unquoted boolean, not 'true'.",
        ),
    ],
)
def test_a_step_that_cannot_run_is_found(template: dict[str, Any], problem: str) -> None:
    problems = find_problems({"steps": [template]}, FOLDER, ROOT)

    assert any(found.startswith(problem) for found in problems)


def test_a_pool_without_an_image_is_found(pipeline: dict[str, Any]) -> None:
    pipeline["pool"] = {"vmImag": "ubuntu-24.04"}

    assert find_problems(pipeline, ROOT, ROOT) == [
        "The pool {'vmImag': 'ubuntu-24.04'} names no vmImage."
    ]


def _stages_that_deploy_pull_requests(pipeline: dict[str, Any]) -> list[str]:
    first, *others = pipeline["stages"]
    assert "condition" not in first
    return [
        stage["stage"]
        for stage in others
        if "succeeded()" not in stage.get("condition", "")
        or "eq(variables.deploys, 'true')" not in stage.get("condition", "")
    ]


def test_a_pull_request_is_only_validated(pipeline: dict[str, Any]) -> None:
    unguarded = copy.deepcopy(pipeline)
    del unguarded["stages"][3]["condition"]

    assert _stages_that_deploy_pull_requests(pipeline) == []
    assert _stages_that_deploy_pull_requests(unguarded) == ["Production"]
    deploys = pipeline["variables"]["deploys"]
    assert "eq(variables['Build.SourceBranch'], 'refs/heads/main')" in deploys
    assert "ne(variables['Build.Reason'], 'PullRequest')" in deploys


def test_the_stages_follow_each_other_and_production_comes_last(pipeline: dict[str, Any]) -> None:
    stages = [(stage["stage"], stage.get("dependsOn")) for stage in pipeline["stages"]]

    assert stages == [
        ("Validate", None),
        ("Package", "Validate"),
        ("Staging", "Package"),
        ("Production", "Staging"),
    ]


def test_only_staging_trains(pipeline: dict[str, Any]) -> None:
    drops = {
        stage["jobs"][0]["parameters"]["environment"]: stage["jobs"][0]["parameters"]["dropsSample"]
        for stage in pipeline["stages"][2:]
    }
    uses = [path.name for path in ALL if "drop-sample" in path.read_text(encoding="utf-8")]

    assert drops == {"staging": True, "prod": False}
    assert uses == ["deploy.yml"]


def test_one_package_is_built_and_its_digest_is_checked() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in ALL}

    assert [name for name, text in texts.items() if "tools.build_package" in text] == [
        "package.yml"
    ]
    assert "sha256sum --check app.zip.sha256" in texts["deploy.yml"]


def test_a_deployment_waits_for_runs_before_and_for_the_build_after() -> None:
    steps = read_pipeline(FOLDER / "code.yml")["steps"]
    order = [step.get("script") or str(step["inputs"]) for step in steps]

    assert "wait-until-idle.sh" in order[0]
    assert "isFlexConsumption" in order[1]
    assert "deploy-events.sh" in order[2]
    assert "wait-for-build.sh" in order[3]


def test_a_failed_deployment_goes_back_to_the_package_that_last_got_through() -> None:
    hooks = read_pipeline(FOLDER / "deploy.yml")["jobs"][0]["strategy"]["runOnce"]["on"]
    download = next(step for step in hooks["failure"]["steps"] if "task" in step)["inputs"]
    tag = hooks["success"]["steps"][0]["script"]

    assert download["tags"] in tag
    assert download["buildVersionToDownload"] == "latestFromBranch"
    assert hooks["failure"]["steps"][-1]["template"] == "code.yml"
