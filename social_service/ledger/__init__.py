"""The stored records that the flow writes, one row of a doctype each. Their schema is the doctype's JSON.

Times are aware UTC; the store keeps them as milliseconds beside a Datetime for people. Only the Store writes these.
"""

from social_service.ledger.answers import SocialReply
from social_service.ledger.drafts import SocialDraft
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
from social_service.ledger.promises import SocialSLAClock

LEDGER = (
	*(SocialStream, SocialProfile, SocialConversation, SocialMessage, SocialPayload, SocialReply),
	*(SocialArticleSuggestion, SocialCorrection, SocialTriageModel, SocialBlindSample),
	*(SocialTicketEvent, SocialDraft, SocialSLAClock),
)

__all__ = [
	"LEDGER",
	"Duty",
	"SocialArticleSuggestion",
	"SocialBlindSample",
	"SocialConversation",
	"SocialCorrection",
	"SocialDraft",
	"SocialMessage",
	"SocialPayload",
	"SocialProfile",
	"SocialReply",
	"SocialSLAClock",
	"SocialStream",
	"SocialTicketEvent",
	"SocialTriageModel",
	"digest",
	"month_of",
]
