import copy
import re
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
    text = (FOLDER / "training.yml").read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "training.yml").write_text(text.replace(right, wrong), encoding="utf-8")

    assert check_schema(tmp_path / "training.yml").returncode != 0


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


def test_both_packages_are_built_once_and_their_digests_are_checked() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in ALL}

    builds = re.findall(r"python -m tools\.build_package(.*)", texts["package.yml"])
    assert builds == ["", " --package serving"]
    assert [name for name, text in texts.items() if "tools.build_package" in text] == [
        "package.yml"
    ]
    assert "sha256sum --check app.zip.sha256 serving.zip.sha256" in texts["deploy.yml"]


@pytest.mark.parametrize(
    ("template", "package", "app"),
    [("serving.yml", "serving.zip", "SERVING"), ("training.yml", "app.zip", "TRAINING")],
)
def test_each_app_gets_its_package_and_is_waited_for(template: str, package: str, app: str) -> None:
    steps = read_pipeline(FOLDER / template)["steps"]
    (deployed,) = [step for step in steps if step.get("task") == "AzureFunctionApp@2"]

    assert deployed["inputs"]["package"] == f"${{{{ parameters.folder }}}}/{package}"
    assert deployed["inputs"]["appName"] == f"$(AZURE_{app}_APP_NAME)"
    last = f'infra/scripts/wait-for-build.sh "$(AZURE_{app}_APP_URL)"'
    assert steps[-1]["script"].startswith(last)


def _steps(hook: dict[str, Any]) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = hook["steps"]
    return steps


@pytest.fixture
def run_once() -> dict[str, Any]:
    found: dict[str, Any] = read_pipeline(FOLDER / "deploy.yml")["jobs"][0]["strategy"]["runOnce"]
    return found


def test_what_reads_releases_is_deployed_before_what_writes_them_and_goes_back_after(
    run_once: dict[str, Any],
) -> None:
    forth = [step["template"] for step in _steps(run_once["deploy"]) if "template" in step]
    back = [step["template"] for step in _steps(run_once["on"]["failure"]) if "template" in step]

    assert forth == ["infrastructure.yml", "serving.yml", "training.yml"]
    assert back == ["names.yml", "training.yml", "serving.yml"]


def test_the_training_app_waits_for_runs_before_and_for_the_build_after() -> None:
    steps = read_pipeline(FOLDER / "training.yml")["steps"]
    order = [step.get("script") or str(step["inputs"]) for step in steps]

    assert "/api/health" in order[1]
    assert "python -m training idle --wait" in order[2]
    assert "isFlexConsumption" in order[3]
    assert "deploy-events.sh" in order[4]
    assert "wait-for-build.sh" in order[5]
    assert [step.get("condition") for step in steps[2:4]] == [
        "and(succeeded(), ne(variables.TRAINING_IS_THERE, 'true'))"
    ] * 2


def test_the_infrastructure_waits_for_runs_too_as_new_settings_restart_an_app() -> None:
    steps = read_pipeline(FOLDER / "infrastructure.yml")["steps"]
    order = [step["inputs"].get("inlineScript", "") for step in steps]

    assert "what-if" in order[0]
    assert "python -m training idle --wait" in order[2]
    assert "set -euo pipefail" in order[2], "A failing look-up must not pass for no deployment."
    assert "deploy-infrastructure.sh" in order[3]


def test_a_wait_ends_before_the_token_of_the_login_can_no_longer_be_renewed() -> None:
    # Federated, a login renews nothing after ten minutes; its token for storage lasts an hour, and
    # the client asks for another one five minutes before.
    texts = [path.read_text(encoding="utf-8") for path in ALL]
    waits = re.findall(r"--wait (\d+)|idleSeconds: \"(\d+)\"", "\n".join(texts))

    assert sorted(int(one or other) for one, other in waits) == [600, 3000, 3000]


AZ = """#!/bin/sh
echo "$*" >> "$CALLS"
case "$1 $2" in
  # After a deployment that failed, its record has no outputs.
  "deployment sub") echo '[null]' ;;
  "functionapp list") printf '%s' "$APP" ;;
  "storage account") echo stdata7 ;;
esac
"""


def wait_for_runs(tmp_path: Path, app: str) -> str:
    """Run the step before the infrastructure where this app is; return what it has called."""
    step = read_pipeline(FOLDER / "infrastructure.yml")["steps"][2]["inputs"]["inlineScript"]
    script = step.replace("${{ parameters.environment }}", "prod")
    script = script.replace("${{ parameters.folder }}", "package")
    script = script.replace("$(Agent.TempDirectory)", str(tmp_path))
    (tmp_path / "training").mkdir()
    for name, text in {
        "az": AZ,
        "unzip": "#!/bin/sh\n",
        "python": '#!/bin/sh\necho "python $* of $DATA_STORAGE__accountName" >> "$CALLS"\n',
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    calls = tmp_path / "calls"
    subprocess.run(
        ["bash", "-c", script],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "CALLS": str(calls), "APP": app},
        check=True,
    )
    return calls.read_text(encoding="utf-8")


def test_runs_are_waited_for_after_a_deployment_that_failed(tmp_path: Path) -> None:
    calls = wait_for_runs(tmp_path, "func-training-7\n")

    assert "python -m training idle --wait 3000 of stdata7" in calls
    assert calls.count("resourceGroup=='rg-credit-risk-prod'") == 2


def test_before_there_is_an_app_nothing_is_waited_for_though_the_account_may_be_there(
    tmp_path: Path,
) -> None:
    # The first deployment may fail between the two; no role lets anybody look for runs then.
    assert "python" not in wait_for_runs(tmp_path, "")


def test_only_the_way_back_may_kill_a_run(run_once: dict[str, Any]) -> None:
    both = [*_steps(run_once["deploy"]), *_steps(run_once["on"]["failure"])]
    given = [step["parameters"] for step in both if step.get("template") == "training.yml"]

    assert [one["ifRunsGoOn"] for one in given] == ["fail", "kill"]


def test_the_smoke_test_and_the_sample_ask_the_serving_app(run_once: dict[str, Any]) -> None:
    scripts = [step["script"] for step in _steps(run_once["deploy"]) if "script" in step]
    sample = (ROOT / "infra" / "scripts" / "drop-sample.sh").read_text(encoding="utf-8")

    assert scripts[-1] == 'infra/scripts/smoke.sh "$(AZURE_SERVING_APP_URL)"'
    assert "AZURE_SERVING_APP_URL" in sample
    assert "TRAINING" not in sample


def test_the_names_that_the_pipeline_uses_are_outputs_of_the_templates() -> None:
    main = (ROOT / "infra" / "main.bicep").read_text(encoding="utf-8")
    used = {name for path in ALL for name in re.findall(r"\$\((AZURE_\w+)\)", path.read_text())}

    assert used
    assert used <= set(re.findall(r"^output (\w+)", main, re.MULTILINE))


def test_a_failed_deployment_goes_back_to_the_packages_that_last_got_through(
    run_once: dict[str, Any],
) -> None:
    failure, success = run_once["on"]["failure"], run_once["on"]["success"]
    download = next(step for step in _steps(failure) if "task" in step)["inputs"]
    tag = _steps(success)[0]["script"]

    assert download["tags"] in tag
    assert download["buildVersionToDownload"] == "latestFromBranch"
    folders = {
        step["parameters"]["folder"]
        for step in _steps(failure)
        if "folder" in step.get("parameters", {})
    }
    assert folders == {download["targetPath"]}
