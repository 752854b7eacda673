"""What every driver promises of changing things afterwards: it is done, a repetition harms nothing, a lost answer is no riddle.

What a driver can't do it refuses by itself, and offers to nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
import responses

from social_service.channels.base import Channel
from social_service.channels.changing import CAPABILITY, OF_ANSWERS
from social_service.channels.errors import Ambiguous, ChannelError, NotSupported, Unavailable
from social_service.records import Change, Message, Outgoing, Visibility
from tests.kit.driving import (
	ANYWHERE,
	CUSTOMER,
	HTML,
	DriverKit,
	Failure,
	Live,
	assert_is,
	assert_keeps_secrets,
	assert_speaks,
	closed_address,
)

BACK = {Change.SHOW: Change.HIDE, Change.UNBLOCK: Change.BLOCK}
EDITED = "We are sorry. It is a type B."


def calls_of(driver: Channel) -> dict[Change, Callable[[Message], None]]:
	return {
		Change.HIDE: driver.hide,
		Change.SHOW: driver.show,
		Change.DELETE: driver.remove,
		Change.BLOCK: driver.block,
		Change.UNBLOCK: driver.unblock,
	}


class ChangeContract(DriverKit):
	"""Changing."""

	change_failures: Sequence[tuple[Change, Failure]] = ()  # beside the common ones
	change_calls: Sequence[tuple[str, str]] = (
		("POST", ""),
		("PUT", ""),
		("DELETE", ""),
	)  # method, part of the path
	settings_for_changes: dict[str, str] = {}  # without which the network does not do all that it can

	def rude(self, live: Live) -> Message:
		"""A customer's post that may be moderated."""
		return self.received(live, "you idiots")

	def ready(self, live: Live) -> None:
		"""Gives the account the rights that it needs on the simulated network."""

	def offers(self, change: Change) -> None:
		if not getattr(self.channel_class.capabilities, CAPABILITY[change]):
			pytest.skip(f"not supported: {change}")

	def changing(self, live: Live) -> Channel:
		driver = self.driver(live)
		driver.connection = replace(
			driver.connection, options={**driver.connection.options, **self.settings_for_changes}
		)
		return driver

	def replied(self, live: Live, text: str = "We are sorry. Which model is it?") -> tuple[Outgoing, str]:
		"""A reply of ours, and its id."""
		reply = Outgoing(f"change-{live.now}", text, self.received(live), Visibility.PUBLIC, live.now)
		return reply, self.driver(live).send(reply).external_id

	def own(self, reply: Outgoing, external_id: str) -> Message:
		"""The answer as a message."""
		more = {"parent_id": reply.to.external_id, "is_own": True, "visibility": reply.visibility}
		return replace(reply.to, external_id=external_id, text=reply.text, sent_at=reply.started_at, **more)

	def reads_before(self, mock: responses.RequestsMock, change: Change) -> None:
		"""What the driver asks before this, and is told so that there is something to do."""

	def changeable(self) -> Message:
		"""A post as `rude` gives it, for tests without a network."""
		return self.reply().to

	def lose_answers(self, live: Live) -> None:
		for method, path in self.change_calls:
			live.network.fail("timeout_after_write", method=method, path=path)

	def is_so(self, live: Live, change: Change, message: Message) -> bool:
		told = live.network.changes()
		if change in (Change.BLOCK, Change.UNBLOCK):
			return (CUSTOMER in told["blocked"]) is (change is Change.BLOCK)
		if change is Change.DELETE:
			return message.external_id in told["deleted"]
		return (message.external_id in told["hidden"]) is (change is Change.HIDE)

	def before(self, live: Live, change: Change, message: Message) -> None:
		"""What is shown again was hidden, who is unblocked was blocked."""
		if change in BACK:
			calls_of(self.changing(live))[BACK[change]](message)

	def tidied(self, live: Live, change: Change, message: Message) -> None:
		"""The process goes on with other tests."""
		if change is Change.BLOCK and self.channel_class.capabilities.unblock:
			self.changing(live).unblock(message)

	# --- what others wrote ----------------------------------------------------------------------------------

	@pytest.mark.parametrize("change", calls_of(Channel), ids=str)
	def test_it_is_done_and_doing_it_again_changes_nothing(self, live: Live, change: Change):
		self.offers(change)
		self.ready(live)
		message = self.rude(live)
		self.before(live, change, message)
		assert not self.is_so(live, change, message)
		assert self.changing(live).may_change(change, message).allowed
		for _time in range(2):
			calls_of(self.changing(live))[change](message)
			assert self.is_so(live, change, message)
		self.tidied(live, change, message)

	@pytest.mark.parametrize("change", calls_of(Channel), ids=str)
	def test_after_a_lost_answer_it_is_simply_done_again(self, live: Live, change: Change):
		self.offers(change)
		self.ready(live)
		message = self.rude(live)
		self.before(live, change, message)
		self.lose_answers(live)
		with pytest.raises(Ambiguous) as raised:
			calls_of(self.changing(live))[change](message)
		assert_speaks(raised.value)
		live.network.recover()
		calls_of(self.changing(live))[change](message)
		assert self.is_so(live, change, message)
		self.tidied(live, change, message)

	def test_our_own_and_what_is_private_is_never_moderated(self, live: Live):
		self.ready(live)
		message, driver = self.rude(live), self.changing(live)
		for change in calls_of(driver):
			for more in ({"is_own": True}, {"visibility": Visibility.PRIVATE}, {"is_repost": True}):
				assert not driver.may_change(change, replace(message, **more)).allowed, (change, more)

	# --- what we answered -----------------------------------------------------------------------------------

	def test_an_answer_is_edited_and_stays_one_answer(self, live: Live):
		self.offers(Change.EDIT_ANSWER)
		reply, name = self.replied(live)
		assert self.changing(live).may_change(Change.EDIT_ANSWER, self.own(reply, name)).allowed
		published = len(live.network.ledger()["published"])
		for _time in range(2):
			self.changing(live).edit(name, replace(reply, text=EDITED))
			assert live.network.changes()["texts"][name].endswith(EDITED)
		assert len(live.network.ledger()["published"]) == published or self.has_key
		if self.channel_class.capabilities.reads_single:
			assert self.driver(live).get([name])[name].text.endswith(EDITED)

	def test_an_edit_whose_answer_got_lost_is_made_again(self, live: Live):
		self.offers(Change.EDIT_ANSWER)
		reply, name = self.replied(live)
		self.lose_answers(live)
		with pytest.raises(Ambiguous):
			self.changing(live).edit(name, replace(reply, text=EDITED))
		live.network.recover()
		self.changing(live).edit(name, replace(reply, text=EDITED))
		assert live.network.changes()["texts"][name].endswith(EDITED)

	@responses.activate
	def test_what_does_not_fit_is_not_edited(self):
		self.offers(Change.EDIT_ANSWER)
		limit = self.offline().measure("x").limit
		for text in ("", "   ", "x" * (limit + 1)):
			with pytest.raises(ChannelError) as raised:
				self.offline().edit(self.external_id(1002), self.reply(text))
			assert_speaks(raised.value)
		assert len(responses.calls) == 0

	def test_an_answer_is_deleted_and_deleting_it_again_is_no_failure(self, live: Live):
		self.offers(Change.DELETE_ANSWER)
		reply, name = self.replied(live)
		assert self.changing(live).may_change(Change.DELETE_ANSWER, self.own(reply, name)).allowed
		self.lose_answers(live)
		with pytest.raises(Ambiguous):
			self.changing(live).delete(name)
		live.network.recover()
		for _time in range(2):
			self.changing(live).delete(name)
			assert name in live.network.changes()["deleted"]

	# --- what goes wrong ------------------------------------------------------------------------------------

	def test_what_it_can_not_change_it_refuses_by_itself_and_offers_to_nobody(self):
		driver, message = self.offline(), self.reply().to
		own = replace(message, is_own=True)
		calls = {change: (lambda call=call: call(message)) for change, call in calls_of(driver).items()}
		calls[Change.EDIT_ANSWER] = lambda: driver.edit("1", self.reply())
		calls[Change.DELETE_ANSWER] = lambda: driver.delete("1")
		for change, call in calls.items():
			if not getattr(driver.capabilities, CAPABILITY[change]):
				with pytest.raises(NotSupported) as refused:
					call()
				assert_speaks(refused.value)
				told = driver.may_change(change, own if change in OF_ANSWERS else message)
				assert not told.allowed and told.reason is None, f"{change} is offered"

	def test_a_network_that_is_not_there_did_nothing(self, caplog):
		caplog.set_level(logging.DEBUG)
		driver = self.channel_class(self.connection(closed_address(), self.account, internal=["127.0.0.1"]))
		message = self.changeable()
		for change, call in calls_of(driver).items():
			if getattr(driver.capabilities, CAPABILITY[change]):
				with pytest.raises(Unavailable) as raised:
					call(message)
				assert_speaks(raised.value)
				assert_keeps_secrets(raised.value, caplog.text, self.secrets)

	def test_each_failure_of_a_change_is_the_right_error(self, caplog):
		caplog.set_level(logging.DEBUG)
		message, driver = self.changeable(), self.offline()
		common = (Failure(500, HTML, Ambiguous), Failure(503, HTML, Ambiguous))
		can = [one for one in calls_of(driver) if getattr(driver.capabilities, CAPABILITY[one])]
		for change, row in (*((one, row) for one in can for row in common), *self.change_failures):
			with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
				self.reads_before(mock, change)
				for method in ("POST", "PUT", "DELETE"):
					mock.add(method, ANYWHERE, body=row.text, status=row.status, headers=dict(row.headers))
				with pytest.raises(ChannelError) as raised:
					calls_of(self.offline())[change](message)
			assert_is(raised.value, row)
			assert_keeps_secrets(raised.value, caplog.text, self.secrets)
