from frappe.model.document import Document

from social_service.hosts.frappe_store import refuse
from social_service.hosts.helpdesk import HelpdeskHost
from social_service.hosts.values import from_column, shape
from social_service.settings import SocialVoice as Voice
from social_service.voice import refuse_voice


class SocialVoice(Document):
	def validate(self) -> None:
		types = shape(Voice)
		typed = Voice(**{name: from_column(*types[name], self.get(name)) for name in types})
		others = HelpdeskHost().store.find(Voice, {}, order="name", limit=1000)
		reason = refuse_voice(typed, others)
		if reason:
			refuse(reason)
