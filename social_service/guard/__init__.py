"""The guard before publishing: why this reply can't go out as it stands, or what its agent must know first, each in a
sentence with a way on. No network call."""

from social_service.audience import answered_message
from social_service.guard.case import Looked, Objection
from social_service.guard.checks import check_reply, look
from social_service.guard.stops import channel_asleep

__all__ = ["Looked", "Objection", "answered_message", "channel_asleep", "check_reply", "look"]
