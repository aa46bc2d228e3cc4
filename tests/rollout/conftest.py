from dataclasses import replace
from datetime import timedelta

import pytest

from tests.bandits import RULE, begin
from tests.histories import another_version


@pytest.fixture
def equal(served):
    """A bandit between version 1 and a copy of it."""
    another_version(served)
    begin(served, replace(RULE, max_age=timedelta(days=6)))
    return served
