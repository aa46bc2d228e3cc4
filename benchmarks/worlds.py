"""Seeded worlds that change in known ways: what is seen of them day by day, and what an oracle knows of them.

A day is counted from the start of the service, and rows come at random times, about a hundred a day. Each row is drawn
by itself from the concept of its moment, so that fresh rows of any stretch of time can be drawn, too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, softmax

DAYS = 364  # of service: 52 weeks
BEFORE = 84  # days before it: the longest declared window
RATE = 100  # rows a day
FULL = 56 * RATE  # rows of a full window
TURN = 84  # days between two turns of a recurring world: twelve weeks
SLOW = 56  # days that a gradual change takes: eight weeks
COLUMNS = 6
WEEKS = range(0, DAYS, 7)

Days = np.ndarray  # times of rows, shape (n_rows,)
Draw = Callable[[Days, np.random.Generator], pd.DataFrame]  # a row of each of these times, with its target `y`
ByRow = Callable[[Days, np.random.Generator], np.ndarray]  # one vector of each row, shape (n_rows, COLUMNS)


@dataclass(frozen=True, kw_only=True)
class World:
    """What is seen of a world, and what it hides.

    Attributes:
        rows: features, the target `y`, and `day`; oldest first.
        right_rows: gives a full window of fresh rows as they come from one day up to another.
        renewals: the days on which an oracle renews its model, 0 first.
        change: the day on which one concept gives way to another for good, of a slow change its middle; None where
            there is not one such day.
    """

    rows: pd.DataFrame
    right_rows: Callable[[int, int], pd.DataFrame]
    renewals: Sequence[int] = (0,)
    change: int | None = None


def drawn(draw: Draw, seed: int, *, renewals: Sequence[int] = (0,), change: int | None = None) -> World:
    """Return the world whose rows `draw` draws."""
    days = moments(seed)

    def right_rows(start: int, end: int) -> pd.DataFrame:
        random = np.random.default_rng([seed, 1, BEFORE + start])
        return draw(np.sort(random.uniform(start, end, size=FULL)), random)

    rows = draw(days, np.random.default_rng([seed, 2])).assign(day=days)
    return World(rows=rows, right_rows=right_rows, renewals=renewals, change=change)


def moments(seed: int) -> Days:
    """Return when the rows of a world come, oldest first: a Poisson process."""
    random = np.random.default_rng([seed, 3])
    return np.sort(random.uniform(-BEFORE, DAYS, size=random.poisson(RATE * (BEFORE + DAYS))))


def change_of(seed: int) -> int:
    """Return the day, in the fourth month, on which a world changes."""
    return 84 + int(np.random.default_rng([seed, 4]).integers(28))


def directions(seed: int) -> np.ndarray:
    """Return orthogonal unit vectors, shape (COLUMNS, COLUMNS); what one decides, the others know nothing of."""
    return np.linalg.qr(np.random.default_rng([seed, 5]).normal(size=(COLUMNS, COLUMNS)))[0].T


def between(first: np.ndarray, second: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the unit vectors that turn from `first` to `second` by these shares of a right angle, a row each."""
    angles = np.pi / 2 * np.asarray(shares)[:, np.newaxis]
    return np.cos(angles) * first + np.sin(angles) * second


def binary(
    seed: int, concept: ByRow, *, centre: ByRow | None = None, steepness: Callable[[Days], np.ndarray] | None = None
) -> Draw:
    """Return the draws of a world whose label depends on the direction `concept`, more steeply on one side of a bend.

    Args:
        seed: of the world.
        concept: the direction that decides about each row.
        centre: the mean of the features; None: 0.
        steepness: how sure the label is, shape (n_rows,); None: 5, and a model is right about 86 times of 100.
    """
    bend = directions(seed)[2]

    def draw(days: Days, random: np.random.Generator) -> pd.DataFrame:
        features = random.normal(size=(len(days), COLUMNS)) + (0 if centre is None else centre(days, random))
        logits = np.sum(features * concept(days, random), axis=1) * (1 + 0.4 * features @ bend)
        logits *= 5 if steepness is None else steepness(days)
        return frame(features, np.where(random.random(len(days)) < expit(logits), "yes", "no"))

    return draw


def frame(features: np.ndarray, target: np.ndarray) -> pd.DataFrame:
    """Return features as the columns x0, x1 and so on, and the target as `y`."""
    return pd.DataFrame(features, columns=[f"x{number}" for number in range(features.shape[1])]).assign(y=target)


def stationary(seed: int) -> World:
    """Nothing changes."""
    one = directions(seed)[0]
    return drawn(binary(seed, lambda days, _: np.tile(one, (len(days), 1))), seed)


def sudden(seed: int) -> World:
    """One day another direction decides, which has nothing in common with the first."""
    one, other, change = *directions(seed)[:2], change_of(seed)
    draw = binary(seed, lambda days, _: between(one, other, days >= change))
    return drawn(draw, seed, renewals=(0, change), change=change)


def mild(seed: int) -> World:
    """One day the direction turns by 45 degrees."""
    one, other, change = *directions(seed)[:2], change_of(seed)
    draw = binary(seed, lambda days, _: between(one, other, 0.5 * (days >= change)))
    return drawn(draw, seed, renewals=(0, change), change=change)


def gradual(seed: int) -> World:
    """Within eight weeks more and more rows are of the other concept."""
    one, other, start = *directions(seed)[:2], change_of(seed)

    def concept(days: Days, random: np.random.Generator) -> np.ndarray:
        return between(one, other, random.random(len(days)) < (days - start) / SLOW)

    return drawn(binary(seed, concept), seed, renewals=(0, *range(start, start + SLOW + 1)), change=start + SLOW // 2)


def recurring(seed: int) -> World:
    """Two concepts take turns of twelve weeks."""
    one, other, first = *directions(seed)[:2], change_of(seed) - 28
    draw = binary(seed, lambda days, _: between(one, other, (days - first) // TURN % 2 == 0))
    return drawn(draw, seed, renewals=(0, *range(first, DAYS, TURN)))


def incremental(seed: int) -> World:
    """The direction turns by half a circle in the course of the year."""
    one, other = directions(seed)[:2]
    draw = binary(seed, lambda days, _: between(one, other, 2 * np.clip(days / DAYS, 0, 1)))
    return drawn(draw, seed, renewals=WEEKS)


def harder(seed: int) -> World:
    """One day labels become less sure for good: the best model is right 72 times of 100."""
    one, change = directions(seed)[0], change_of(seed)
    draw = binary(
        seed,
        lambda days, _: np.tile(one, (len(days), 1)),
        steepness=lambda days: np.where(days < change, 5.0, 1.5),
    )
    return drawn(draw, seed, renewals=(0, change))


def season(seed: int) -> World:
    """The rows move with the seasons, twice a year to where they are easier, and the concept stays."""
    one, _, _, aside = directions(seed)[:4]

    def centre(days: Days, _: np.random.Generator) -> np.ndarray:
        phase = 2 * np.pi * days[:, np.newaxis] / DAYS
        return 1.2 * np.sin(phase) * one + np.cos(phase) * aside

    draw = binary(
        seed, lambda days, _: np.tile(one, (len(days), 1)), centre=centre, steepness=lambda days: np.full(len(days), 3)
    )
    return drawn(draw, seed, renewals=WEEKS)


def covariates(seed: int) -> World:
    """One day the rows move to where few were before, and the concept stays."""
    one, _, bend, aside = directions(seed)[:4]
    change = change_of(seed)

    def centre(days: Days, _: np.random.Generator) -> np.ndarray:
        return 1.2 * (days >= change)[:, np.newaxis] * (aside - bend)

    draw = binary(seed, lambda days, _: np.tile(one, (len(days), 1)), centre=centre)
    return drawn(draw, seed, renewals=(0, change))


def classes(seed: int, offsets: Sequence[float] = (0, 0, 0, 0)) -> World:
    """One day the classes change places, each takes the direction of the next; their shares stay."""
    pulls, change = directions(seed)[: len(offsets)], change_of(seed)

    def draw(days: Days, random: np.random.Generator) -> pd.DataFrame:
        features = random.normal(size=(len(days), COLUMNS))
        places = np.where((days < change)[:, np.newaxis], features @ pulls.T, features @ np.roll(pulls, 1, axis=0).T)
        bounds = softmax(4 * places + np.asarray(offsets), axis=1).cumsum(axis=1)
        numbers = np.sum(random.random((len(days), 1)) > bounds[:, :-1], axis=1)
        return frame(features, np.array(list("abcd"))[numbers])

    return drawn(draw, seed, renewals=(0, change), change=change)


def rare_classes(seed: int) -> World:
    """As `classes`, of which one has three quarters of the rows and one a twentieth."""
    return classes(seed, offsets=(6, 0, -2))


def regression(seed: int) -> World:
    """One day another direction decides about a number; the noise has a standard deviation of 1."""
    (one, other, bend), change = directions(seed)[:3], change_of(seed)

    def draw(days: Days, random: np.random.Generator) -> pd.DataFrame:
        features = random.normal(size=(len(days), COLUMNS))
        slopes = np.sum(features * between(one, other, days >= change), axis=1)
        return frame(features, 3 * slopes * (1 + 0.3 * features @ bend) + random.normal(size=len(days)))

    return drawn(draw, seed, renewals=(0, change), change=change)


def regional(seed: int) -> World:
    """One day another direction decides, but about the third of the rows alone that lie on one side."""
    one, other, _, side = directions(seed)[:4]
    change = change_of(seed)
    steady = binary(seed, lambda days, _: np.tile(one, (len(days), 1)))
    moved = binary(seed, lambda days, _: np.tile(other, (len(days), 1)))

    def draw(days: Days, random: np.random.Generator) -> pd.DataFrame:
        state = random.bit_generator.state
        before = steady(days, random)
        random.bit_generator.state = state  # the same features once more
        after = moved(days, random)
        inside = (days >= change) & (before.drop(columns="y").to_numpy() @ side > 0.43)
        return after.where(pd.Series(inside, index=after.index), before)

    return drawn(draw, seed, renewals=(0, change), change=change)


def jumps(seed: int) -> World:
    """At random times, six weeks apart in the mean, one of four concepts follows another; some come back."""
    random = np.random.default_rng([seed, 6])
    turns = np.unique((-BEFORE + random.exponential(42, size=30).cumsum()).astype(int))
    steps = random.integers(1, 4, size=len(turns)).cumsum() % 4  # never the same twice
    concepts = np.concatenate([[0], steps])

    def concept(days: Days, _: np.random.Generator) -> np.ndarray:
        return directions(seed)[[0, 1, 3, 4]][concepts[np.searchsorted(turns, days, side="right")]]

    renewals = (0, *(int(turn) for turn in turns if 0 < turn < DAYS))
    return drawn(binary(seed, concept), seed, renewals=renewals)
