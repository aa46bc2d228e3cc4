"""Tells people what is wrong, at the addresses of DRIFTLINE_ALERT_URLS."""

from assets import PIPELINES
from driftline.pipelines import alert_sensor

alerts = alert_sensor(PIPELINES)
