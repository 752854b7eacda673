"""The stored records that the flow writes, one row of a doctype each. Their schema is the doctype's JSON.

Times are aware UTC; the store keeps them as milliseconds beside a Datetime for people. Only the Store writes these.
"""

from social_service.ledger.answers import SocialReply
from social_service.ledger.history import SocialTicketEvent
from social_service.ledger.learning import (
	SocialArticleSuggestion,
	SocialBlindSample,
	SocialCorrection,
	SocialTriageModel,
)
from social_service.ledger.posts import (
	Duty,
	SocialConversation,
	SocialMessage,
	SocialPayload,
	SocialProfile,
	SocialStream,
	digest,
	month_of,
)

LEDGER = (
	*(SocialStream, SocialProfile, SocialConversation, SocialMessage, SocialPayload, SocialReply),
	*(SocialArticleSuggestion, SocialCorrection, SocialTriageModel, SocialBlindSample),
	*(SocialTicketEvent,),
)

__all__ = [
	"LEDGER",
	"Duty",
	"SocialArticleSuggestion",
	"SocialBlindSample",
	"SocialConversation",
	"SocialCorrection",
	"SocialMessage",
	"SocialPayload",
	"SocialProfile",
	"SocialReply",
	"SocialStream",
	"SocialTicketEvent",
	"SocialTriageModel",
	"digest",
	"month_of",
]
