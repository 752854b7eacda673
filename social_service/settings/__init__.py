"""What people set: channels, triage rules, promises, how answers are, the service's settings. The flow reads these and never
writes them."""

from social_service.settings.answers import Address, SocialApprovalRule, SocialVoice
from social_service.settings.channels import SocialChannel, refuse_channel
from social_service.settings.promises import Facts, SocialSLAPolicy, in_order, visibility_of
from social_service.settings.rules import Outcome, SocialTriageRule, refuse_language, refuse_rule
from social_service.settings.service import SocialServiceSettings, brand_of, languages_of

SETTINGS = (
	*(SocialChannel, SocialTriageRule, SocialServiceSettings),
	*(SocialSLAPolicy, SocialApprovalRule, SocialVoice),
)

__all__ = [
	"SETTINGS",
	"Address",
	"Facts",
	"Outcome",
	"SocialApprovalRule",
	"SocialChannel",
	"SocialSLAPolicy",
	"SocialServiceSettings",
	"SocialTriageRule",
	"SocialVoice",
	"brand_of",
	"in_order",
	"languages_of",
	"refuse_channel",
	"refuse_language",
	"refuse_rule",
	"visibility_of",
]
