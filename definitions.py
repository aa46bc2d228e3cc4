"""The composition root: what Dagster loads."""

import dagster as dg

from assets import PIPELINES
from driftline.pipelines import build
from resources import RESOURCES, executor
from sensors import SENSORS

defs = dg.Definitions.merge(
    *(build(pipeline) for pipeline in PIPELINES),
    dg.Definitions(resources=RESOURCES, sensors=SENSORS, executor=executor()),
)
