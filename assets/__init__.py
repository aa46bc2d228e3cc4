"""What this project keeps true: one file for each model pipeline."""

from assets.electricity import electricity
from assets.fire_risk import fire_risk
from assets.income import income

PIPELINES = (income, electricity, fire_risk)

__all__ = ["PIPELINES", "electricity", "fire_risk", "income"]
