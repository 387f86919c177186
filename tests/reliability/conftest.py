"""Benches with running practice machines, as for the tests from end to end."""

from tests.end_to_end.conftest import bench

__all__ = ["bench"]
