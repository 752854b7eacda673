"""For all tests."""

from tests.kit.loopback import loopback_only

__all__ = ["loopback_only"]
