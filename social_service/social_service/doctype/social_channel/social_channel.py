from dataclasses import fields

from frappe.model.document import Document

from social_service import hooks
from social_service.hosts.frappe_store import forget_kept_secret, refuse
from social_service.settings import SocialChannel as Channel
from social_service.settings import refuse_channel


class SocialChannel(Document):
	def validate(self) -> None:
		reason = refuse_channel(self._as_read_by_the_flow(), hooks.social_channels)
		if reason:
			refuse(reason)
		for secret in self.meta.get("fields", {"fieldtype": "Password"}):
			if self._was_typed(secret.fieldname):
				forget_kept_secret(self.name, secret.fieldname)

	def _as_read_by_the_flow(self) -> Channel:
		values = {field.name: self.get(field.name) for field in fields(Channel)}
		return Channel(**{name: value for name, value in values.items() if value is not None})

	def _was_typed(self, key: str) -> bool:
		"""A form that was open comes back with stars, or with nothing where nothing had been."""
		value = self.get(key) or ""
		if value:
			return not self.is_dummy_password(value)
		before = self.get_doc_before_save()
		return bool(before and before.get(key))
