"""Engage: an agent's reply comes in; it is guarded, put into the outbox, and published exactly once.

Queued → commit Sending → HTTP → commit Sent, Failed or Unknown. A worker may die at any line. What may have gone out is
never sent again before the network was read back.
"""

from social_service.engage.outbox import queue_reply, retry, sweep
from social_service.engage.sending import send
from social_service.sentence import Refused

__all__ = ["Refused", "queue_reply", "retry", "send", "sweep"]
