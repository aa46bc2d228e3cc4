"""The reference of `backfill.py`: a plain script that computes and stores the same numbers, without a platform.

Usage: python benchmarks/plain_backfill.py MODEL.txt OUT_FOLDER
"""

import sqlite3
import sys
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd

from assets.electricity import FEATURES, electricity, read_electricity
from driftline import Window
from driftline.metrics import Task, measure_rows, scored_rows

model_file, out = Path(sys.argv[1]), Path(sys.argv[2])
days = electricity.stream
if days.last is None:
    raise SystemExit("electricity has no end")
rows = read_electricity(Window(days.first, days.last))
scores = np.asarray(lgb.Booster(model_file=str(model_file)).predict(rows[FEATURES].to_numpy()))
out.mkdir(parents=True, exist_ok=True)
database = sqlite3.connect(out / "plain.db")
database.execute("PRAGMA journal_mode = WAL")
database.execute("CREATE TABLE batch (day TEXT, rows INT, file TEXT)")
database.execute("CREATE TABLE metric (day TEXT, metric TEXT, value REAL, ci_low REAL, ci_high REAL, rows INT)")
truth = (rows["price"] == "up").to_numpy()
predictions = pd.DataFrame({"time": rows["time"].to_numpy(), "probability": scores})
for day, positions in rows.groupby(rows["time"].dt.strftime("%Y-%m-%d")).indices.items():
    file = out / f"{day}.parquet"
    predictions.iloc[positions].to_parquet(file, index=False)
    database.execute("INSERT INTO batch VALUES (?, ?, ?)", (day, len(positions), str(file)))
    scored = scored_rows(Task.BINARY, truth[positions], scores[positions])
    for name in electricity.metrics:
        m = measure_rows(name, scored)
        database.execute(
            "INSERT INTO metric VALUES (?, ?, ?, ?, ?, ?)", (day, name, m.value, m.ci_low, m.ci_high, m.row_count)
        )
database.commit()
database.close()
