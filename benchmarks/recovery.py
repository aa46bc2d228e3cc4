"""How well and how soon policies recover after drift, on streams whose changes are known: tables of docs/recovery.md.

    .venv/bin/pip install -c constraints.txt river
    DRIFTLINE_DATA_DIR=... .venv/bin/python benchmarks/recovery.py                # all of it, into the page
    .venv/bin/python benchmarks/recovery.py --quick --streams sudden,recurring    # one seed, to look at

A complete run writes docs/recovery.md; one that is limited by an option only prints, unless it is told to --write.
--last 1 and --last 2 are for a last run alone, when nothing is chosen any more: two sets of seeds, and two streams,
that nobody has looked at before.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("OMP_NUM_THREADS", "1")  # a core for each process

from benchmarks.recovery_figures import POLICIES, Figures, figures
from benchmarks.recovery_promises import promises
from benchmarks.recovery_tables import details, overview, write
from benchmarks.streams import LAST_SEEDS, LAST_STREAMS, SEEDS, STREAMS

Results = dict[str, dict[str, list[Figures]]]


def run(streams: Sequence[str], seeds: Sequence[int], policies: Sequence[str], workers: int) -> Results:
    """Return the figures of each stream and policy, one of each case of each seed."""
    done = dict(_figures([(stream, seed) for stream in streams for seed in seeds], policies, workers))
    found: Results = {}
    for stream in streams:
        cases = [case for seed in seeds for case in done[stream, seed]]
        found[stream] = {policy: [case[policy] for case in cases] for policy in cases[0]}
    return found


def _figures(
    asked: Sequence[tuple[str, int]], policies: Sequence[str], workers: int
) -> Iterator[tuple[tuple[str, int], list[dict[str, Figures]]]]:
    """Give the figures of each stream and seed as they come."""
    with Progress(console=Console(stderr=True)) as progress, ProcessPoolExecutor(workers) as pool:
        bar = progress.add_task("replaying", total=len(asked))
        futures = {pool.submit(figures, stream, seed, policies): (stream, seed) for stream, seed in asked}
        for future in as_completed(futures):
            stream, seed = futures[future]
            progress.update(bar, advance=1, description=f"{stream}, seed {seed}")
            yield futures[future], future.result()


def _names(known: Sequence[str], text: str | None) -> list[str]:
    """Return the names in `text`, or all."""
    asked = list(known) if text is None else text.split(",")
    unknown = set(asked) - set(known)
    if unknown:
        raise SystemExit(f"Unknown: {', '.join(sorted(unknown))}. Known: {', '.join(known)}.")
    return asked


def main() -> None:
    """Print the tables as Markdown, and write them into the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the first seed alone")
    parser.add_argument("--streams", help=f"names, separated by commas: {', '.join(STREAMS)}")
    parser.add_argument("--seeds", help=f"numbers, separated by commas; {','.join(map(str, SEEDS))} if not given")
    parser.add_argument("--policies", help=f"names, separated by commas: {', '.join(POLICIES)}")
    parser.add_argument("--workers", type=int, default=2, help="processes; 2 if not given")
    parser.add_argument("--write", action="store_true", help="write docs/recovery.md also where the run is limited")
    parser.add_argument("--last", type=int, choices=sorted(LAST_SEEDS), help="a last run on a set of unseen seeds")
    asked = parser.parse_args()
    known = [*STREAMS, *(LAST_STREAMS if asked.last else ())]
    usual = LAST_SEEDS[asked.last] if asked.last else SEEDS
    streams, policies = _names(known, asked.streams), _names([*POLICIES], asked.policies)
    seeds = [int(seed) for seed in asked.seeds.split(",")] if asked.seeds else usual[: 1 if asked.quick else None]
    started = time.monotonic()
    results = run(streams, seeds, policies, asked.workers)
    titles = {**STREAMS, **LAST_STREAMS}
    parts = [f"### {name}\n\n{titles[name].title}\n\n{details(results[name])}" for name in streams]
    tables = {"promises": promises(results), "overview": overview(results), "details": "\n\n".join(parts)}
    print("\n\n".join(tables.values()))
    print(f"\n{len(seeds)} seeds, {(time.monotonic() - started) / 60:.1f} minutes", file=sys.stderr)
    complete = not (asked.quick or asked.streams or asked.seeds or asked.policies)
    if complete or asked.write:
        for part, text in tables.items():
            write(f"last {asked.last} {part}" if asked.last else part, text)


if __name__ == "__main__":
    main()
