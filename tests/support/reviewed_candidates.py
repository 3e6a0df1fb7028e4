"""Candidates built from changed portfolios, and what their gates found."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd

from shared.release.facts import Gate
from shared.release.features import USER
from shared.release.manifest import Manifest
from tests.support.jobs import job_of
from tests.support.portfolios import make_portfolio, write_csv
from training.gates.champion import Champion
from training.pipeline import build_release
from training.progress import Progress

N_USERS = 1200


def make_sound_loans() -> pd.DataFrame:
    """Make loans with enough defaults to judge by: every fifth user usually pays late."""
    loans = make_portfolio(n_users=N_USERS, seed=1)
    late = np.where(loans[USER] % 5 == 0, 0.6, 0.05)
    draw = np.random.default_rng(1)
    return loans.assign(status=(draw.random(len(loans)) < late).astype(float))


def take_users(loans: pd.DataFrame, n_users: int) -> pd.DataFrame:
    """Keep the loans of the first users."""
    return loans[loans[USER] <= 5_000_000 + n_users]


def build(folder: Path, name: str, loans: pd.DataFrame, champion: Champion | None) -> Manifest:
    """Write loans as a raw file and build a release from it."""
    csv = write_csv(folder / f"{name}.csv", loans)
    # At a dearer default everyone of these would be refused: one loan in six is not paid on time.
    job = dataclasses.replace(
        job_of(csv), source={"name": "loans.csv"}, champion=champion, cost_ratio=4.0
    )
    return build_release(job, folder / name, Progress())


def gates_of(manifest: Manifest) -> dict[str, Gate]:
    """Return the gates of a release by name."""
    return {gate.name: gate for gate in manifest.gates}


def stopping(manifest: Manifest) -> set[str]:
    """Return the names of the gates that stopped a release."""
    return {gate.name for gate in manifest.gates if gate.verdict == "stopped"}
