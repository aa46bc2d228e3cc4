"""What the platform costs: 900 daily partitions of electricity in one Dagster run, against a plain script.

Both are whole processes, start included, in turn, several times; the ratio of CPU seconds is what counts. Run from the
root with DRIFTLINE_DATA_DIR set: python benchmarks/backfill.py
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROUNDS = 3
FIRST, LAST = "1996-06-20", "1998-12-06"
TRAINED = " or ".join(f'key:"electricity/{kind}"' for kind in ("dataset", "model", "champion"))
WATCHED = " or ".join(f'key:"electricity/{kind}"' for kind in ("predictions", "evaluation"))


def materialize(home: Path, selection: str, *more: str) -> tuple[float, float]:
    """Return the wall and CPU seconds of a `dagster asset materialize`."""
    words = ["-m", "dagster", "asset", "materialize", "-f", "definitions.py", "--select", selection, *more]
    return timed([sys.executable, *words], home)


def timed(words: list[str], home: Path) -> tuple[float, float]:
    """Return the wall and CPU seconds of a command that has to succeed."""
    environment = {**os.environ, "DRIFTLINE_HOME": str(home), "DAGSTER_HOME": str(home / "dagster"), "PYTHONPATH": "."}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # imports are compiled once, as after an installation by pip
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - start
    if done.returncode:
        raise SystemExit(done.stdout[-3000:] + done.stderr[-3000:])
    return wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def prepared(folder: Path) -> Path:
    """Return a home with a Dagster instance and a champion of electricity."""
    os.environ.pop("DAGSTER_HOME", None)
    make = "from driftline.pipelines import dagster_home; dagster_home()"
    (folder / "dagster").mkdir(parents=True)
    timed([sys.executable, "-c", make], folder)
    materialize(folder, TRAINED)
    return folder


def model_text(home: Path, folder: Path) -> Path:
    """Return the champion's LightGBM text as a file."""
    code = (
        "import sys; from pathlib import Path; from driftline import load_model; "
        "Path(sys.argv[1]).write_bytes(load_model('electricity@champion').estimator.to_bytes())"
    )
    target = folder / "model.txt"
    timed([sys.executable, "-c", code, str(target)], home)
    return target


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        base = prepared(Path(folder) / "base")
        model = model_text(base, Path(folder))
        ours, plain = [], []
        for number in range(ROUNDS):
            home = Path(folder) / f"home{number}"
            shutil.copytree(base, home)
            (home / "dagster" / "dagster.yaml").write_text(
                (base / "dagster" / "dagster.yaml").read_text().replace(str(base), str(home))
            )
            ours.append(materialize(home, WATCHED, "--partition-range", f"{FIRST}...{LAST}"))
            out = Path(folder) / f"plain{number}"
            plain.append(timed([sys.executable, "benchmarks/plain_backfill.py", str(model), str(out)], home))
    rows = [("driftline, one Dagster run", ours), ("plain script", plain)]
    print("| 900 days, predictions and evaluation | wall s | CPU s |\n|---|---|---|")
    for name, times in rows:
        print(f"| {name} | {median(w for w, _ in times):.1f} | {median(c for _, c in times):.1f} |")
    ratios = [mine / theirs for (_, mine), (_, theirs) in zip(ours, plain, strict=True)]
    print(f"\nCPU ratio, median of {ROUNDS} pairs: {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
