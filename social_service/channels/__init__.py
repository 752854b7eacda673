"""The outside world: one module a network, all behind ``base.Channel``. Which there are, ``hooks.py`` says."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from social_service import hooks
from social_service.channels.base import Channel


def driver(code: str, drivers: Mapping[str, str] = hooks.social_channels) -> type[Channel]:
	"""The driver class of a network code. KeyError if there is none."""
	module, name = drivers[code].rsplit(".", 1)
	return getattr(import_module(module), name)


def drivers() -> dict[str, type[Channel]]:
	return {code: driver(code) for code in hooks.social_channels}
