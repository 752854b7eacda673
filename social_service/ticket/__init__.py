"""Ticket: a stored message comes in; its one fate goes out: opened, joined, watched, ignored because …, failed because …

Deciding is apart from storing: a message that can't be decided becomes failed, and nothing behind it waits.
"""

from social_service.ticket.deciding import decide, decide_one, retry

__all__ = ["decide", "decide_one", "retry"]
