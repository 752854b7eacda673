"""The contract of the Store on MariaDB, and what only MariaDB gets wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable

import frappe
import pytest

from social_service.hosts.frappe_store import to_site_time
from social_service.ledger import SocialMessage
from social_service.settings import SocialServiceSettings
from tests.host.conftest import connect
from tests.kit.store_contract import CLOCK_CHANGE, StoreContract, a_message


class TestFrappeStore(StoreContract):
	@pytest.fixture(autouse=True)
	def _site(self, site):
		self.site = site

	def test_settings_have_their_defaults(self, host):
		"""Other tests let answers leave at once."""
		usual = SocialServiceSettings.undo_seconds
		frappe.db.set_single_value("Social Service Settings", "undo_seconds", usual)
		frappe.db.commit()
		super().test_settings_have_their_defaults(host)

	def elsewhere(self, host, work: Callable) -> object:
		results = []

		def run() -> None:
			connect(self.site)
			try:
				results.append(work(type(host)()))
			finally:
				frappe.destroy()

		thread = threading.Thread(target=run)
		thread.start()
		thread.join(60)
		return results[0]

	def test_the_row_that_was_first_is_seen_in_a_transaction_that_began_before_it(self, host, channel):
		with host.transaction():
			assert host.store.tally(SocialMessage, (), {"channel": channel}) == {(): 0}
			self.elsewhere(host, lambda other: other.store.add(a_message(channel, text="first")))
			stored, is_new = host.store.add(a_message(channel, text="second"))
		assert not is_new
		assert stored.text == "first"

	def test_people_read_the_time_of_the_site(self, host, channel):
		stored, _new = host.store.add(a_message(channel, sent_at=CLOCK_CHANGE[0]))
		shown = frappe.db.get_value("Social Message", stored.name, "sent_at")
		assert shown == to_site_time(CLOCK_CHANGE[0])
		assert shown.hour == 2  # in Berlin

	def test_a_request_writes_within_its_own_transaction(self, host, channel):
		frappe.local.request = frappe._dict(method="POST")
		host.store.add(a_message(channel))
		with pytest.raises(ZeroDivisionError), host.transaction():
			host.store.add(a_message(channel, "2"))
			raise ZeroDivisionError
		assert host.store.tally(SocialMessage, (), {"channel": channel}) == {(): 1}
		with pytest.raises(RuntimeError):
			host.keep_secrets(channel, {"access_token": "no"})
		frappe.db.rollback()
		assert host.store.tally(SocialMessage, (), {"channel": channel}) == {(): 0}
