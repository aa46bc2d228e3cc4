"""Make a database as driftline 0.1 (commit 5639154) wrote it: run this with that commit's source and data folder.

    git worktree add /tmp/driftline-0.1 5639154 && cd /tmp/driftline-0.1
    export DRIFTLINE_HOME=/tmp/home PYTHONPATH=src:. DRIFTLINE_DATA_DIR=...
    python -m driftline demo && python .../tests/store/legacy/make.py .../tests/store/legacy

The demo is run in the same home before. The rest is one run of each other pipeline, and every kind of row
that a person can cause: a delivery of labels, a shadow, a bandit, switches by hand and planned, a rollback, a failed
retraining, a drift report that was declined, a backtest, alerts. Beside the SQL stands what the old verbs answered.
"""

import contextlib
import gzip
import json
import sqlite3
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assets.electricity import electricity
from assets.fire_risk import fire_risk
from assets.income import income
from driftline import Promote
from driftline.alerting import raise_alerts
from driftline.backtest import backtest, store_backtest
from driftline.monitoring import (
    LabelledReader,
    add_ground_truth,
    evaluate,
    evaluate_shadow,
    predict,
    predict_shadow,
    production_metric,
    report_drift,
    settle_shares,
)
from driftline.registry import (
    champions_at,
    describe_model,
    list_models,
    promote,
    rollback,
    shadow,
    start_bandit,
    stop_bandit,
)
from driftline.retraining import adjudicate, decide_reports, read_dataset, train, waiting_retrainings
from driftline.store import monitoring, registry
from driftline.workspace import open_workspace

OUT = Path(sys.argv[1])


def at(text):
    return open_workspace(replay_at=datetime.fromisoformat(text).replace(tzinfo=UTC))


# income: a table
w = open_workspace()
read_dataset(w, income)
train(w, income, trigger="schedule", actor="policy")
adjudicate(w, income)
predict(w, income, [""])
evaluate(w, income, [""])
report_drift(w, income, [""])
read_dataset(w, income)
train(w, income)
adjudicate(w, income)  # kept: a tie
decide_reports(w, {"income": income})

# electricity: a stream of two months, with deliveries, a shadow, a bandit and switches by hand
small = replace(electricity, partitions=replace(electricity.partitions, end="1996-08-15"), slices=())
w = at("1996-06-20")
read_dataset(w, small)
train(w, small)
adjudicate(w, small)
days = [f"1996-06-{d:02}" for d in range(20, 31)] + [f"1996-07-{d:02}" for d in range(1, 32)]
for start in range(0, 21, 7):
    own = days[start : start + 7]
    w = at((datetime.fromisoformat(own[-1]) + timedelta(days=2)).strftime("%Y-%m-%d"))
    reader = LabelledReader(w, small)
    predict(w, small, own, rows=reader.rows)
    evaluate(w, small, own, reader=reader)
    report_drift(w, small, own, reader=reader)
    decide_reports(w, {"electricity": small})
    for waiting in waiting_retrainings(w):
        if waiting.pipeline == "electricity":
            read_dataset(w, small)
            train(w, small, decision_id=waiting.decision_id, trigger=waiting.trigger)
            adjudicate(w, small)
w = at("1996-07-12")
read_dataset(w, small)
train(w, small, trigger="manual", actor="ada")
adjudicate(w, replace(small, promote=Promote(min_gain=0.5)))
newest = max(v["version"] for v in describe_model(w, "electricity")["versions"])
shadow(w, "electricity", newest, actor="ada", reason="to see it beside")
w = at("1996-07-16")
own = days[23:27]
reader = LabelledReader(w, small)
predict(w, small, own, rows=reader.rows)
predict_shadow(w, small, own, reader=reader)
evaluate(w, small, own, reader=reader)
evaluate_shadow(w, small, own, reader=reader)
report_drift(w, small, own, reader=reader)
start_bandit(w, small, newest, actor="ada", reason="to be sure")
w = at("1996-07-21")
own = days[27:30]
reader = LabelledReader(w, small)
settle_shares(w, small, own, reader=reader)
predict(w, small, own, rows=reader.rows)
predict_shadow(w, small, own, reader=reader)
evaluate(w, small, own, reader=reader)
stop_bandit(w, "electricity", actor="ada", reason="enough")
promote(w, "electricity", newest, actor="ada", reason="by hand")
w = at("1996-07-23")
rollback(w, "electricity", actor="bea", reason="a complaint")
w = at("1996-07-25")
promote(w, "electricity", newest, actor="ada", reason="planned", at=datetime(1996, 8, 1, tzinfo=UTC))
rollback(w, "electricity", actor="bea", reason="cancelled")
labels = small.dataset(small.label_contract.partitions.window(days[0]))[["time", "price"]]
add_ground_truth(w, small, labels, actor="the lab", source="a file")
with contextlib.suppress(Exception):
    train(
        at("1996-07-26"),
        replace(small, trainer=replace(small.trainer, extra={"num_leaves": -5, "objective": "nonsense"})),
    )
store_backtest(w, backtest(small, ["weekly"], end=datetime(1996, 7, 20, tzinfo=UTC)))
everything = {p.name: p for p in (income, small, fire_risk)}
raise_alerts(open_workspace(), everything, channels=1, dagster_url="http://127.0.0.1:3000")
w = at("1996-08-10")
read_dataset(w, small)
train(w, small)  # one that waits to be judged

answers = {"champions": {}, "production": {}, "models": list_models(open_workspace())}
for name, first, step, count in (
    ("income", datetime.now(UTC) - timedelta(days=1), timedelta(hours=6), 9),
    ("electricity", datetime(1996, 6, 18, tzinfo=UTC), timedelta(hours=12), 110),
    ("fire_risk", datetime(2024, 11, 28, tzinfo=UTC), timedelta(hours=12), 740),
):
    times = [first + step * i for i in range(count)]
    answers["champions"][name] = [
        [t.isoformat(), v.version if v else None]
        for t, v in zip(times, champions_at(open_workspace(), name, times), strict=False)
    ]
for pipeline in (income, small, fire_risk):
    answers["production"][pipeline.name] = [
        list(pair) for pair in production_metric(open_workspace(), pipeline, pipeline.metrics[0])
    ]
with open_workspace().database.reading() as session:
    answers["decisions"] = [
        row.model_dump(mode="json") for row in reversed(registry.decisions(session, None, first=None))
    ]
    answers["reports"] = [
        [r.id, r.partition_key, r.verdict] for r in reversed(monitoring.reports(session, None, first=100000))
    ]
database = open_workspace().database.url.removeprefix("sqlite:///")
open_workspace().database.close()
lines = "\n".join(line for line in sqlite3.connect(database).iterdump())
OUT.mkdir(exist_ok=True, parents=True)
(OUT / "0.1.sql.gz").write_bytes(gzip.compress(lines.encode(), mtime=0))
(OUT / "0.1.answers.json.gz").write_bytes(gzip.compress(json.dumps(answers, default=str).encode(), mtime=0))
