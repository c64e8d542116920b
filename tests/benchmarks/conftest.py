"""Benchmarks play with the same team as the integration tests."""

from tests.integration.conftest import team

__all__ = ["team"]
