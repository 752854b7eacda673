"""The words that every room shares: what a network says, and what the desk is told. No host, no network, no clock."""

from social_service.records.desk import AgentReplied, Article, NewTicket, TicketMessage, TicketState
from social_service.records.network import (
	Account,
	Author,
	Gap,
	Length,
	Message,
	NotSent,
	Outgoing,
	Page,
	Permission,
	Rate,
	Sent,
	SignIn,
	Unreadable,
)
from social_service.records.words import Delivery, Fate, Judgement, Kind, Need, ReplyState, Visibility, Word

__all__ = [
	"Account",
	"AgentReplied",
	"Article",
	"Author",
	"Delivery",
	"Fate",
	"Gap",
	"Judgement",
	"Kind",
	"Length",
	"Message",
	"Need",
	"NewTicket",
	"NotSent",
	"Outgoing",
	"Page",
	"Permission",
	"Rate",
	"ReplyState",
	"Sent",
	"SignIn",
	"TicketMessage",
	"TicketState",
	"Unreadable",
	"Visibility",
	"Word",
]
