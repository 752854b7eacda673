"""The outside world: one module a network, all behind ``base.Channel``. Which there are, ``hooks.py`` says."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from importlib import import_module

from social_service import hooks
from social_service.channels.base import Channel

log = logging.getLogger(__name__)


def driver(code: str, drivers: Mapping[str, str] = hooks.social_channels) -> type[Channel]:
	"""The driver class of a network code. KeyError if there is none."""
	module, name = drivers[code].rsplit(".", 1)
	return getattr(import_module(module), name)


def drivers() -> dict[str, type[Channel]]:
	"""By code. A driver whose library is not installed is left out, and stops no other."""
	found = {}
	for code in hooks.social_channels:
		try:
			found[code] = driver(code)
		except ImportError as missing:
			log.warning("the channel %s can't be used here: %s", code, missing)
	return found
