"""Where the campaigns take place: an emulator, the proxy before it, an app that serves."""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import httpx
from azure.storage.blob import BlobServiceClient, ContainerClient

from devhost.running_host import RunningHost
from devhost.storage.emulator import run_emulator
from tests.soak.instance import decide, deliver, maintain
from tests.soak.instances import Instance
from tests.soak.raw_files import NEW, NEXT, OLD, write_files
from tests.soak.reader import Answers, Reader, fetch_answers
from tests.soak.snapshot import Snapshot, release_lease, restore_snapshot, take_snapshot
from tests.support.fault_proxy import FaultProxy, run_fault_proxy
from tests.support.running_app import empty_releases, run_app
from tests.support.waiting import wait_until

APPROVAL_KEY = "a key that only the campaigns know"
MAX_DELIVERIES = 6
"""Once by the platform and five times again."""

_SETTINGS = {
    "BLOB_TRIGGER_SOURCE": "LogsAndContainerScan",
    "AS_OF": "2022-03-08",
    "APPROVAL_KEY": APPROVAL_KEY,
    # Deliveries and occurrences of the timer come from the campaigns alone.
    "DEVHOST_POLL_SECONDS": "86400",
    "MAINTENANCE_SCHEDULE": "0 0 0 29 2 *",
}


type Settings = Mapping[str, str]

_NONE: Settings = MappingProxyType({})


@dataclass
class Ground:
    """Storage with one release made from the old file, an app that serves it, and a proxy.

    Attributes
    ----------
    storage : str
        The connection string of the emulator itself.
    service : BlobServiceClient
        A client of the emulator itself.
    proxy : FaultProxy
        Before the emulator; only who is told so goes through it.
    folder : Path
        For logs and temporary files.
    writes : int
        How many writes a run makes that nothing disturbs; 0 until they are counted.
    files : mapping of str to bytes
        The three raw files by name.
    """

    storage: str
    service: BlobServiceClient
    proxy: FaultProxy
    folder: Path
    files: Mapping[str, bytes]
    answers: Answers = field(default_factory=dict)
    url: str = ""
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    writes: int = 0
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def releases(self) -> ContainerClient:
        return self.service.get_container_client("releases")

    @property
    def inputs(self) -> ContainerClient:
        return self.service.get_container_client("input")

    def upload(self, file: str, blob: str | None = None) -> str:
        """Upload one of the files and return the blob's name."""
        name = blob or f"{file}.csv"
        self.inputs.upload_blob(name, self.files[file], overwrite=True)
        return name

    def start(self, blob: str, *, proxied: bool = False, settings: Settings = _NONE) -> Instance:
        """Deliver a blob to a new instance."""
        return Instance(deliver, self._settings(proxied, settings), self._new_folder(), blob)

    def decide(
        self, path: str, *, proxied: bool = False, settings: Settings = _NONE, **body: str
    ) -> Instance:
        """Have a new instance take a decision; the path is below `/api/versiones/`."""
        wanted = {"motivo": "for a campaign"} | body
        return Instance(
            decide,
            self._settings(proxied, settings),
            self._new_folder(),
            f"/api/versiones/{path}",
            wanted,
        )

    def _settings(self, proxied: bool, settings: Settings) -> dict[str, str]:
        storage = self.proxy.connection_string if proxied else self.storage
        return _SETTINGS | {"AzureWebJobsStorage": storage} | dict(settings)

    def _new_folder(self) -> Path:
        return self.folder / f"instance-{next(self._numbers)}"

    def settle(self, blob: str, settings: Settings = _NONE) -> list[str]:
        """Deliver a blob, as the platform does, until an instance is content with it."""
        codes: list[int | None] = []
        for _ in range(MAX_DELIVERIES):
            self.let_leases_lapse()
            instance = self.start(blob, settings=settings)
            codes.append(instance.wait())
            if codes[-1] == 0:
                return self.maintain()
            if codes[-1] is None:
                instance.kill()
        return [f"{blob} is never done, exit codes {codes}; last log: {instance.log()}"]

    def maintain(self) -> list[str]:
        """Fire the timer once, as the platform does all the time; return its failure."""
        instance = Instance(maintain, self._settings(False, _NONE), self._new_folder())
        code = instance.wait()
        return [] if code == 0 else [f"the timer ends with {code}; last log: {instance.log()}"]

    def let_leases_lapse(self) -> None:
        """Release what dead instances hold, as half a minute would."""
        for blob in list(self.releases.list_blob_names(name_starts_with="runs/")):
            release_lease(self.releases, blob)

    def run_host(
        self, *, proxied: bool = False, settings: Settings = _NONE
    ) -> AbstractContextManager[RunningHost]:
        """Run another app that serves."""
        chosen = self._settings(proxied, settings)
        return run_app(chosen.pop("AzureWebJobsStorage"), **chosen)

    @contextmanager
    def reading(self, url: str | None = None) -> Iterator[Reader]:
        """Read both routes until the block exits."""
        reader = Reader(url or self.url, self.answers)
        reader.start()
        try:
            yield reader
        finally:
            reader.stop()

    def reset(self, file: str = OLD) -> None:
        """Go back to where a file had just been published, and wait until it is served."""
        self.restore(file)
        self.wait_until_served(file)

    def restore(self, file: str) -> None:
        """Go back to where a file had just been published."""
        restore_snapshot(self.service, self.snapshots[file])

    def save(self) -> Snapshot:
        """Return every blob as it is now."""
        return take_snapshot(self.service)

    def wait_until_served(self, file: str, url: str | None = None) -> None:
        """Wait until an app gives a file's answers."""
        at = url or self.url
        wait_until(lambda: serves(at, self.answers[file]), f"the release of {file} is served")

    def await_served(self, file: str, url: str | None = None) -> list[str]:
        """Wait likewise, and return what was lost when they do not come."""
        try:
            self.wait_until_served(file, url)
        except AssertionError as error:
            return [str(error)]
        return []


def serves(url: str, answers: Mapping[tuple[int, str], bytes]) -> bool:
    """Whether an app gives exactly these answers."""
    for (user, route), content in answers.items():
        answer = httpx.get(f"{url}/api/user/{user}/{route}", timeout=60)
        if answer.status_code != 200 or answer.content != content:
            return False
    return True


@contextmanager
def prepare_ground(folder: Path) -> Iterator[Ground]:
    """Start everything, learn the answers of each file, and publish the old one."""
    files = write_files(folder)
    with ExitStack() as running:
        storage = running.enter_context(run_emulator()).connection_string
        proxy = running.enter_context(run_fault_proxy(storage))
        service = running.enter_context(BlobServiceClient.from_connection_string(storage))
        ground = Ground(storage, service, proxy, folder, files)
        empty_releases(storage)
        host: RunningHost = running.enter_context(ground.run_host())
        ground.url = host.url
        learnt: dict[str, dict[tuple[int, str], bytes]] = {}
        for file in (OLD, NEW, NEXT):
            losses = ground.settle(ground.upload(file))
            assert not losses, losses
            _wait_for_another(ground, [*learnt.values()])
            learnt[file] = fetch_answers(ground.url)
            ground.snapshots[file] = ground.save()
        ground.answers = learnt
        yield ground


def _wait_for_another(ground: Ground, earlier: list[dict[tuple[int, str], bytes]]) -> None:
    def is_other() -> bool:
        answer = httpx.get(f"{ground.url}/api/health/ready", timeout=60)
        return answer.status_code == 200 and not any(serves(ground.url, one) for one in earlier)

    wait_until(is_other, "the next release is served")
