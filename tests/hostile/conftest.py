"""The whole way on the embedded host, as the tests of the flow walk it."""

from tests.flow.conftest import clock, desk, host, world

__all__ = ["clock", "desk", "host", "world"]
