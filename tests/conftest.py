"""Hypothesis for every test: the same examples each time, and no deadline that a busy machine could miss.

And one PostgreSQL, started when the first test asks for it.
"""

from hypothesis import settings

from tests.servers.postgres import postgresql

__all__ = ["postgresql"]

settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")
