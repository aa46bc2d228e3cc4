"""Where steps run, by `DRIFTLINE_EXECUTOR`; assets hand each other nothing but ids, so any executor serves."""

import dagster as dg

from driftline.settings import Settings


def executor() -> dg.ExecutorDefinition:
    """Return the executor that the settings name."""
    return {"in_process": dg.in_process_executor, "multiprocess": dg.multiprocess_executor}[Settings().executor]
