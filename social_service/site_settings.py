"""What people set for the whole site, as the host has it now."""

from __future__ import annotations

from social_service.hosts.base import Host
from social_service.settings import SocialServiceSettings, SocialTriageRule


def the_settings(host: Host) -> SocialServiceSettings:
	return host.store.find(SocialServiceSettings, {}, order="name", limit=1)[0]


def the_rules(host: Host) -> list[SocialTriageRule]:
	"""Those that are on, in their order."""
	return host.store.find(SocialTriageRule, {"enabled": True}, order="sort_order,name", limit=1000)
