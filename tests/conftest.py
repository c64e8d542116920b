"""Hypothesis for every test: the same examples each time, and no deadline that a busy machine could miss."""

from hypothesis import settings

settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")
