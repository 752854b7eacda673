"""The guard before publishing: why this reply can't go out as it stands, in a sentence, or nothing. No network call."""

from social_service.guard.checks import answered_message, channel_asleep, check_reply

__all__ = ["answered_message", "channel_asleep", "check_reply"]
