"""The packages as built, as the platform runs them: a bare interpreter, the worker library."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.storage.blob import BlobServiceClient

from tests.support.package_questions import ask_everything
from tests.support.paths import SAMPLE
from tools.build_package import APP, SERVING, SITE_PACKAGES, Package, build_package, lay_out
from tools.empty_environment import Driven, Environment, empty_environment, upload
from tools.errors import ToolError
from tools.package_origins import find_origins, find_traces

pytestmark = [pytest.mark.emulator, pytest.mark.training]

OURS = {"shared", "serving", "training", "tools", "function_app"}
TRIGGERS = {"entrenamiento", "mantenimiento", "abandonados"}
# Half of what requirements.txt takes when it is installed as it is.
MOST_SERVING_BYTES = 517_000_000 // 2
FEATURES = (
    '{"nb_previous_loans":29.0,"avg_amount_loans_previous":136.4468640135,"age":59.0,'
    '"years_on_the_job":3.0,"flag_own_car":1.0}'
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(APP, tmp_path_factory.mktemp("app"), "b42")


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(SERVING, tmp_path_factory.mktemp("serving"), "b42")


@pytest.fixture(scope="module")
def environment() -> Iterator[Environment]:
    with empty_environment() as made:
        yield made


@pytest.fixture(scope="module")
def trained(environment: Environment, app: Path) -> Driven:
    return environment.drive(app, [upload(environment.storage, SAMPLE)])


def test_the_package_indexes_trains_and_answers(trained: Driven) -> None:
    assert set(trained.functions) >= TRIGGERS
    assert trained.answers == [(200, FEATURES), (200, '{"resultado":[0]}')]


def test_the_package_brings_whatever_it_imports(trained: Driven, app: Path) -> None:
    foreign = [path for path in trained.origins if not path.startswith(str(app))]

    assert [path for path in foreign if "/support/devhost/" not in path] == [
        path for path in foreign if path.endswith("package_driver.py")
    ]


def test_the_serving_package_answers_the_same_and_has_no_training_in_it(
    environment: Environment, trained: Driven, serving: Path
) -> None:
    served = environment.drive(serving, [])

    assert served.answers == trained.answers
    assert set(served.functions) == set(trained.functions) - TRIGGERS
    assert not (serving / "training").exists()


def test_the_serving_package_needs_no_library_of_training_for_any_route(
    environment: Environment, trained: Driven, serving: Path
) -> None:
    with BlobServiceClient.from_connection_string(environment.storage) as service:
        releases = service.get_container_client("releases")
        version = json.loads(releases.download_blob("current.json").readall())["version"]
        (run,) = releases.list_blob_names(name_starts_with="runs/")
    questions = ask_everything(version, Path(run).stem)

    served = environment.drive(serving, [], questions)

    assert {one.function for one in questions} == set(served.functions)
    found = {one.function: answer for one, answer in zip(questions, served.answers, strict=True)}
    refused = {"aprobacion", "rechazo", "regreso"}
    assert {name: one for name, one in found.items() if one[0] != 200 and name not in refused} == {}
    # Refused in words: the release is current already, and there is none before it.
    for name in refused:
        assert found[name][0] in (200, 409), found[name]


def test_the_package_tells_the_pipeline_whether_a_run_is_under_way(
    environment: Environment, trained: Driven, app: Path
) -> None:
    with BlobServiceClient.from_connection_string(environment.storage) as service:
        releases = service.get_container_client("releases")
        (run,) = releases.list_blob_names(name_starts_with="runs/")

        assert environment.ask_idle(app) == "No run is under way."

        held = releases.get_blob_client(run).acquire_lease(-1)
        with pytest.raises(ToolError, match="which a deployment would kill"):
            environment.ask_idle(app)
        held.release()


def test_the_serving_package_is_less_than_half_of_what_the_libraries_take(serving: Path) -> None:
    sizes = [path.stat().st_size for path in serving.rglob("*") if path.is_file()]

    assert sum(sizes) < MOST_SERVING_BYTES


@pytest.mark.parametrize("name", ["app", "serving"])
def test_no_library_owns_a_folder_of_the_app(name: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(name)

    # The app's folder stands last on the path: a library of the same name would hide ours.
    owned = {path.name.partition(".")[0] for path in (folder / SITE_PACKAGES).iterdir()}

    assert owned & OURS == set()


@pytest.mark.parametrize("name", ["app", "serving"])
def test_every_source_has_bytecode_that_is_read_without_a_check(
    name: str, request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue(name)
    sources = [path for path in folder.rglob("*.py") if "lib2to3" not in path.parts]

    compiled = [path.parent / "__pycache__" / f"{path.stem}.cpython-313.pyc" for path in sources]

    assert {path.read_bytes()[4:8] for path in compiled} == {(0b01).to_bytes(4, "little")}


@pytest.mark.parametrize("name", ["app", "serving"])
def test_nothing_in_a_package_says_where_it_was_built(
    name: str, request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue(name)
    place = str(folder).encode()

    named = [path for path in folder.rglob("*") if path.is_file() and place in path.read_bytes()]

    assert named == []
    assert list(folder.rglob("direct_url.json")) == []
    assert find_traces(folder, find_origins()) == []


def test_the_package_names_its_build(app: Path) -> None:
    assert (app / "build_id").read_text() == "b42\n"


def test_a_package_is_built_to_the_same_bytes_again(tmp_path: Path) -> None:
    words = [build_package(SERVING, tmp_path / place) for place in ("one", "two")]

    digests = [re.findall(r"\b[0-9a-f]{64}\b", said) for said in words]
    assert digests[0] == digests[1]
    assert len(digests[0]) == 1


def test_a_source_that_does_not_compile_stops_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "broken.py").write_text("def\n")
    (root / "none.txt").write_text("")
    monkeypatch.setattr("tools.build_package.ROOT", root)

    with pytest.raises(Exception, match="to compile"):
        lay_out(Package("broken", "none.txt", ("broken.py",)), tmp_path / "out")
