"""Contracts that every implementation passes: the tests are here, an implementation's own test only fills the hooks."""
