"""For all tests."""

from tests.kit.loopback import loopback_only
from tests.kit.matrix import pytest_collection_modifyitems, pytest_terminal_summary

__all__ = ["loopback_only", "pytest_collection_modifyitems", "pytest_terminal_summary"]
