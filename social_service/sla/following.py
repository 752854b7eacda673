"""Policies have changed: what runs in open tickets follows the one that fits now."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from social_service.account import Clock
from social_service.hosts.base import Busy, Host
from social_service.sla.keeping import keep

log = logging.getLogger(__name__)


def follow(host: Host, tickets: Iterable[str], clock: Clock) -> None:
	"""What has ended stays as it was promised."""
	for ticket in tickets:
		try:
			with host.transaction():
				keep(host, ticket, clock(), anew=True)
		except Busy as busy:
			log.info("ticket %s follows when something happens in it: %s", ticket, busy)
