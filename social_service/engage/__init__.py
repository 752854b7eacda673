"""Engage: an agent's reply comes in; it is guarded, put into the outbox, and published exactly once.

Awaiting Approval → Queued → commit Sending → HTTP → commit Sent, Failed or Unknown. A worker may die at any line. What may
have gone out is never sent again before the network was read back. Until it is Sending a person may take it back.
"""

from social_service.engage.approval import approve, give_back, may_approve
from social_service.engage.cancelling import cancel
from social_service.engage.outbox import is_due, queue_reply, retry, sweep
from social_service.engage.sending import send
from social_service.sentence import Refused

__all__ = [
	"Refused",
	"approve",
	"cancel",
	"give_back",
	"is_due",
	"may_approve",
	"queue_reply",
	"retry",
	"send",
	"sweep",
]
