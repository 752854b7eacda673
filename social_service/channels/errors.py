"""The eight things that can go wrong with a network. Each says: try again? who must act?

A driver raises nothing else. Which one is decided by a table of status and code, never by matching words.
"""

from __future__ import annotations

from enum import Enum

from social_service.sentence import Sentence, _


class ChannelError(Exception):
	"""Carries a sentence for a person; never a secret, never a whole body."""

	retryable = False

	def __init__(self, sentence: Sentence | str, *, status: int | None = None, code: str = "") -> None:
		self.sentence = sentence if isinstance(sentence, Sentence) else Sentence(sentence)
		self.status = status
		self.code = code
		super().__init__(str(self.sentence))


class Unavailable(ChannelError):
	"""Nothing was done; the same call may work later. Nobody has to act."""

	retryable = True


class Ambiguous(ChannelError):
	"""A write that may have gone through. Read back before anything else."""


class Throttled(ChannelError):
	"""The network asks us to wait ``retry_after`` seconds."""

	retryable = True

	def __init__(
		self, retry_after: float, sentence: Sentence | None = None, *, status: int = 429, code: str = ""
	) -> None:
		self.retry_after = max(1.0, retry_after)
		text = sentence or _("The network asks us to wait {0} seconds.", round(self.retry_after))
		super().__init__(text, status=status, code=code)


class AuthProblem(str, Enum):
	EXPIRED = "expired"
	REVOKED = "revoked"
	PERMISSION = "permission"


class AuthFailed(ChannelError):
	"""The channel's owner must act, unless ``problem`` is EXPIRED and the driver could refresh."""

	def __init__(
		self,
		problem: AuthProblem,
		sentence: Sentence,
		*,
		permission: str = "",
		status: int | None = None,
		code: str = "",
	) -> None:
		self.problem = problem
		self.permission = permission
		super().__init__(sentence, status=status, code=code)


class Rejected(ChannelError):
	"""The network refuses this one item (not summoned, too long, gone). ``reason`` is a short code for rules and tests."""

	def __init__(self, reason: str, sentence: Sentence, *, status: int | None = None, code: str = "") -> None:
		self.reason = reason
		super().__init__(sentence, status=status, code=code)


class PayloadInvalid(ChannelError):
	"""The body can't be read. ``raw`` keeps its beginning for the person who looks."""

	retryable = True

	def __init__(self, sentence: Sentence, *, raw: str = "", status: int | None = None) -> None:
		self.raw = raw
		super().__init__(sentence, status=status)


class SignatureInvalid(ChannelError):
	"""A webhook that is not from the network: answered with 403, nothing stored."""


class NotSupported(ChannelError):
	"""The network has no such thing; the button for it is hidden."""
