"""What the gates do to wrong and to healthy deliveries: writes `docs/gates.md`.

Run as ``python -m benchmarks.gates [--seeds N] [--only WORDS] [--out FILE]``.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.candidates import Made, crown, judge, make
from benchmarks.gate_document import Outcome, write_document
from benchmarks.healthy_deliveries import HEALTHY, Healthy
from benchmarks.portfolios import AUTUMN, WINTER, deliver, draw_raw
from benchmarks.wrong_deliveries import WRONG, Wrong
from shared.errors import RejectedFileError
from training.gates.champion import Champion

N_USERS = 10_000
SEEDS = 8
DOCUMENT = Path(__file__).parents[1] / "docs" / "gates.md"


def try_wrong(only: str, seed: int) -> list[Outcome]:
    """Take every kind of wrong delivery of one portfolio through the gates."""
    raw = draw_raw(N_USERS, seed)
    champion = crown(make(deliver(raw, AUTUMN), AUTUMN))
    sound = make(deliver(raw, WINTER), WINTER)
    return [
        _try_one(
            kind, seed, partial(_make_wrong, wrong, raw, sound, seed), _oppose(wrong, champion)
        )
        for kind, wrong in WRONG.items()
        if only in kind
    ]


def _make_wrong(wrong: Wrong, raw: pd.DataFrame, sound: Made, seed: int) -> Made:
    delivered = deliver(raw, WINTER)
    if wrong.needs_training:
        changed = wrong.change(delivered, np.random.default_rng(seed))
        return make(changed, WINTER, wrong.cost_ratio)
    # The sound file's model, decided or calibrated otherwise.
    model = deepcopy(sound.candidate.model)
    if wrong.spoil:
        wrong.spoil(model)
    return make(delivered, WINTER, wrong.cost_ratio, model)


def _oppose(wrong: Wrong, champion: Champion) -> Champion | None:
    if not wrong.champion:
        return None
    return champion if wrong.readable else Champion(champion.manifest, None)


def try_healthy(kind: str, seed: int) -> Outcome:
    """Take one healthy delivery through the gates."""
    healthy = HEALTHY[kind]
    rng = np.random.default_rng(seed)
    raw = healthy.whole(draw_raw(healthy.n_users, seed), rng)
    champion = None
    if healthy.champion:
        before = healthy.before(deliver(raw, healthy.champion), rng)
        champion = crown(make(before, healthy.champion))
    return _try_one(kind, seed, partial(_make_healthy, healthy, raw), champion)


def _make_healthy(healthy: Healthy, raw: pd.DataFrame) -> Made:
    return make(deliver(raw, healthy.as_of), healthy.as_of)


def _try_one(kind: str, seed: int, maker: partial[Made], champion: Champion | None) -> Outcome:
    try:
        reviewed = judge(maker(), champion)
    except RejectedFileError:
        return Outcome(kind, seed, "stopped", ["rejected file"])
    except Exception as error:  # noqa: BLE001 -- a crash is a result of its own
        return Outcome(kind, seed, "crashed", [f"{type(error).__name__}: {error}"])
    found = {
        verdict: [gate.name for gate in reviewed.gates if gate.verdict == verdict]
        for verdict in ("stopped", "warned")
    }
    return Outcome(kind, seed, reviewed.verdict, found["stopped"], found["warned"])


def main(arguments: list[str] | None = None) -> int:
    """Try every kind over the seeds, print each result, and write the document."""
    options = _parse(arguments)
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(2) as workers:
        seeds = range(options.seeds)
        found = [workers.submit(try_wrong, options.only, seed) for seed in seeds]
        healthy = [
            workers.submit(try_healthy, kind, seed)
            for kind in HEALTHY
            if options.only in kind
            for seed in seeds
        ]
        for batch in found:
            outcomes += _print(batch.result())
        for one in healthy:
            outcomes += _print([one.result()])
    if not options.only:
        write_document(options.out, outcomes, WRONG, HEALTHY)
    return 0


def _print(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    for one in outcomes:
        names = ", ".join(one.stopped or one.warned)
        print(f"{one.kind} | seed {one.seed} | {one.verdict} | {names}", flush=True)
        yield one


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gates", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--only", default="", help="kinds whose name contains these words")
    parser.add_argument("--out", type=Path, default=DOCUMENT)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
