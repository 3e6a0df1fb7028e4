"""Decisions that are interrupted, that lose their answers, or that people take at once."""

from collections.abc import Callable, Iterator

from tests.soak.campaign import Campaign, Tally
from tests.soak.ground import Ground
from tests.soak.instances import Answered, Instance
from tests.soak.kills import spread
from tests.soak.raw_files import NEW, NEXT, OLD
from tests.soak.rounds import deliver_now
from tests.soak.scene import (
    TAKEN,
    Scene,
    check_agreement,
    check_taken,
    find_latest_decided,
    read_actions,
    read_pointer,
    restore_scene,
    set_scene,
)
from tests.support.fault_rules import WRITES
from tests.support.faults import Call, Cut, Pass, When


def kill_decisions(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Kill the instance at every write of every decision, then decide again."""
    yield from _disturb_decisions(ground, rounds, _kill)


def lose_answers(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Lose the answer to every write of every decision."""
    yield from _disturb_decisions(ground, rounds, _lose)


type Disturb = Callable[[Ground, Scene, str, int, When], list[str]]


def _disturb_decisions(ground: Ground, rounds: int, disturb: Disturb) -> Iterator[Tally]:
    tally = Tally()
    scene = set_scene(ground)
    whens: tuple[When, ...] = ("before", "after")
    points = [
        (decision, number, when)
        for decision in TAKEN
        for number in range(_count_writes(ground, scene, decision))
        for when in (whens if disturb is _kill else whens[1:])
    ]
    for decision, number, when in spread(points, rounds):
        restore_scene(ground, scene)
        with ground.reading() as reader:
            losses = disturb(ground, scene, decision, number, when)
        tally.reads += reader.reads
        tally.add(f"{decision} {when} write {number}", losses + reader.losses)
        yield tally


def _count_writes(ground: Ground, scene: Scene, decision: str) -> int:
    restore_scene(ground, scene)
    with ground.proxy.inject(Pass(), WRITES) as rule:
        answer = ground.decide(scene.path(decision), proxied=True).answer()
    assert answer.status == 200, answer
    return rule.matched


def _kill(ground: Ground, scene: Scene, decision: str, number: int, when: When) -> list[str]:
    started: list[Instance] = []

    def kill() -> None:
        started[0].kill()

    with ground.proxy.inject(Cut(when, kill), WRITES, skip=number, times=1):
        started.append(ground.decide(scene.path(decision), proxied=True))
        started[0].wait()
    # The person saw no answer: the next delivery or decision completes what was begun, or not.
    again = ground.decide(scene.path(decision)).answer()
    moved = read_pointer(ground)["version"]
    if decision == "roll_back" and moved not in {scene.former, scene.current}:
        return [f"{moved} is current after a repeated way back: {again}"]
    if decision != "roll_back":
        return check_taken(ground, scene, decision)
    return check_agreement(ground)


def _lose(ground: Ground, scene: Scene, decision: str, number: int, when: When) -> list[str]:
    with ground.proxy.inject(Cut(when), WRITES, skip=number, times=1):
        answer = ground.decide(scene.path(decision), proxied=True).answer()
    losses = [] if answer.status == 200 else [f"a decision that was applied is refused: {answer}"]
    return losses + check_taken(ground, scene, decision)


def decide_at_once(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Let several people decide about one candidate at once, on instances of their own."""
    tally = Tally()
    scene = set_scene(ground)
    for turn in range(rounds):
        restore_scene(ground, scene)
        decisions = ["approve", "reject", "approve", "reject", "roll_back", "roll_back"]
        decisions = decisions[turn % 3 :] + decisions[: turn % 3]
        with ground.reading() as reader:
            started = [ground.decide(scene.path(one), proxied=True) for one in decisions]
            answers = [(name, one.answer()) for name, one in zip(decisions, started, strict=True)]
            losses = _check_concurrent(ground, scene, answers)
        tally.reads += reader.reads
        tally.add(f"{len(decisions)} decisions at once", losses + reader.losses, len(decisions))
        yield tally


def _check_concurrent(
    ground: Ground, scene: Scene, answers: list[tuple[str, Answered]]
) -> list[str]:
    taken = [decision for decision, answer in answers if answer.status == 200]
    losses = [f"{name}: {one}" for name, one in answers if one.status not in {200, 409}]
    if {"approve", "reject"} <= set(taken):
        losses.append("an approval and a rejection of one release were both acknowledged")
    for decision in ("approve", "reject"):
        count = read_actions(ground, scene.pending).count(TAKEN[decision])
        if count != taken.count(decision):
            losses.append(f"{taken.count(decision)} {decision} acknowledged, {count} on record")
    return losses + check_agreement(ground)


def reject_before_promotion(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Reject a candidate between its storing and its promotion by the run."""
    tally = Tally()
    for _ in range(rounds):
        ground.reset()
        answers: list[Answered] = []

        def reject(answers: list[Answered] = answers) -> None:
            version = find_latest_decided(ground)
            answers.append(ground.decide(f"{version}/rechazo").answer())

        with ground.reading() as reader:
            blob = ground.upload(NEW)
            rejected = Call("after", reject)
            with ground.proxy.inject(rejected, "PUT", "/releases/decisions/", times=1) as rule:
                ground.start(blob, proxied=True).wait()
            assert rule.injected == 1, "a candidate is recorded as stored"
            losses = ground.settle(blob)
            if answers[0].status == 200:
                losses += _check_rejected(ground) + ground.await_served(OLD)
            losses += deliver_now(ground, NEXT, ground.upload(NEXT))
        tally.reads += reader.reads
        tally.add("rejected before its promotion", losses + reader.losses)
        yield tally


def _check_rejected(ground: Ground) -> list[str]:
    current = read_pointer(ground)["version"]
    if "rejected" in read_actions(ground, current):
        return [f"{current} is current though its rejection was acknowledged"]
    return []


CAMPAIGNS = (
    Campaign(
        "decisions",
        "an instance is killed at each write of an approval, a rejection, a way back",
        "repeated once, the decision is taken once; record and pointer agree",
        40,
        kill_decisions,
    ),
    Campaign(
        "replies",
        "the reply to each write of a decision is lost",
        "the decision is acknowledged, and was taken once",
        20,
        lose_answers,
    ),
    Campaign(
        "people",
        "six people decide at once on instances of their own",
        "each acknowledged decision is on record once; none contradicts another",
        10,
        decide_at_once,
    ),
    Campaign(
        "rejections",
        "a candidate is rejected between storing and promotion",
        "an acknowledged rejection holds",
        4,
        reject_before_promotion,
    ),
)
