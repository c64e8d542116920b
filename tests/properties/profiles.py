"""How hard properties are tried: a few steady examples, or, by PUBLISHER_HYPOTHESIS=thorough, many new ones."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_SLOW = (
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.large_base_example,
    HealthCheck.function_scoped_fixture,
)

settings.register_profile(
    "publisher-steady", max_examples=40, derandomize=True, database=None, deadline=None, suppress_health_check=_SLOW
)
settings.register_profile(
    "publisher-thorough", max_examples=500, database=None, deadline=None, print_blob=True, suppress_health_check=_SLOW
)

THOROUGH = os.environ.get("PUBLISHER_HYPOTHESIS") == "thorough"
profile = settings.get_profile("publisher-thorough" if THOROUGH else "publisher-steady")
