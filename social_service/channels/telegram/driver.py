"""Telegram: what people write to a bot, below a channel's posts and in groups; answers where they wrote."""

from __future__ import annotations

from collections.abc import Mapping

from social_service.channels.base import Capabilities, Channel, Connection, Setting, Stream
from social_service.channels.errors import Ambiguous, PayloadInvalid, Rejected, Unavailable
from social_service.channels.reading import Broken, json_of
from social_service.channels.signature import header, require_same
from social_service.channels.telegram.api import DEFAULT_ADDRESS, Api, unconfirmed, unexpected
from social_service.channels.telegram.changing import TelegramChanges
from social_service.channels.telegram.cursor import Position
from social_service.channels.telegram.message import external_id, moment_of, parts_of, url_of
from social_service.channels.telegram.updates import UPDATES, is_update, read_updates
from social_service.records import (
	Account,
	Length,
	Message,
	NotSent,
	Outgoing,
	Page,
	Permission,
	Sent,
	Visibility,
)
from social_service.sentence import _

LIMIT = 4096
PAGE = 100
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Telegram(TelegramChanges, Channel):
	code = "telegram"
	label = "Telegram"
	capabilities = Capabilities(
		public_reply=True,
		private_reply=True,
		push=True,
		remove=True,
		block=True,
		unblock=True,
		edit=True,
		delete=True,
		is_idempotent="a person looks",  # no key, and a bot can't read what it wrote
		counts="UTF-16 units, an emoji is two or more",
	)
	settings = (
		Setting("access_token", "Bot token", secret=True),
		Setting("webhook_secret", "Webhook secret", secret=True, required=False),
		Setting("base_url", "Address of the server", required=False, default=DEFAULT_ADDRESS),
	)

	def __init__(self, connection: Connection) -> None:
		super().__init__(connection)
		self.api = Api(connection)

	def check(self) -> Account:
		me = self.api.read("getMe")
		try:
			limits = {"reads_all_of_groups": bool(me.get("can_read_all_group_messages"))}
			handle = str(me["username"])
			url = f"https://t.me/{handle}"
			return Account(str(int(me["id"])), handle, str(me["first_name"]), url, limits=limits)
		except (AttributeError, KeyError, TypeError, ValueError):
			raise unexpected(str(me))

	# --- listening ------------------------------------------------------------------------------------------

	def streams(self) -> tuple[Stream, ...]:
		return (Stream("messages", "Messages and comments", min_seconds=20),)

	def fetch(self, stream: Stream, cursor: str | None, since: str | None = None) -> Page:
		position = Position.read(cursor, since)
		try:
			updates = self.api.read(
				"getUpdates", offset=position.offset, limit=PAGE, timeout=0, allowed_updates=UPDATES
			)
		except Rejected as refusal:
			if refusal.reason != "conflict":
				raise
			return self._left_to_the_webhook(position, refusal)
		if not isinstance(updates, list):
			raise unexpected(str(updates))
		return self._page(position, updates)

	def _page(self, position: Position, updates: list) -> Page:
		ids = [one["update_id"] for one in updates if is_update(one)]
		if updates and not ids:
			raise unexpected(str(updates))
		messages, unreadable = read_updates(updates, self.account)
		more = len(updates) >= PAGE
		return Page(
			tuple(one for one in messages if position.is_before(one.sent_at)),
			position.after(ids, more=more).text(),
			more=more,
			unreadable=unreadable,
			gap=position.gap(ids),
		)

	def _left_to_the_webhook(self, position: Position, refusal: Rejected) -> Page:
		"""Telegram either pushes or is asked, never both."""
		told = self.api.read("getWebhookInfo")
		webhook = told if isinstance(told, Mapping) else {}
		if not webhook.get("url"):
			raise refusal
		if not self.connection.vault.get("webhook_secret"):
			raise Rejected(
				"webhook",
				_(
					"This bot has a webhook, so Telegram gives nothing to who asks. Enter its secret here if it leads"
					" to this site; else remove it with deleteWebhook."
				),
				status=409,
			)
		waiting = webhook.get("pending_update_count")
		if waiting and webhook.get("last_error_date"):
			raise Unavailable(
				_(
					"Telegram can't deliver to the webhook of this bot: {0} updates wait. Check its address.",
					waiting,
				)
			)
		return Page((), position.pushed().text())

	def receive(self, body: bytes, headers: Mapping[str, str]) -> Page:
		require_same(self.connection.vault.get("webhook_secret"), header(headers, SECRET_HEADER))
		update = json_of(body)
		if not is_update(update):
			raise PayloadInvalid(
				_("The call is signed, and it is no update of Telegram."), raw=str(update)[:500]
			)
		messages, unreadable = read_updates([update], self.account)
		return Page(messages, None, unreadable=unreadable)

	# --- answering ------------------------------------------------------------------------------------------

	def may_reply(self, message: Message) -> Permission:
		if message.is_own:
			return Permission(False, _("This is our own message. Answer what the customer wrote."))
		return Permission(True)

	def private_link(self, message: Message) -> str:
		"""A bot may not write first."""
		return f"https://t.me/{self.account.handle}" if self.account else ""

	def measure(self, text: str, to: Message | None = None) -> Length:
		return Length(len(text.strip().encode("utf-16-le", "surrogatepass")) // 2, LIMIT)

	def send(self, reply: Outgoing) -> Sent:
		self.refuse_unfit(reply)
		chat_id, message_id = parts_of(reply.to.external_id)
		answered: dict[str, object] = {"message_id": message_id}
		if reply.to.visibility is Visibility.PRIVATE:
			answered["allow_sending_without_reply"] = (
				True  # they may have deleted it, and still wait for an answer
			)
		body = {"chat_id": chat_id, "text": reply.text.strip(), "reply_parameters": answered}
		return _sent(self.api.write("sendMessage", body))

	def refuse_unfit(self, reply: Outgoing) -> None:
		length = self.measure(reply.text)
		if not length.used:
			raise Rejected("empty", _("The reply is empty. Write something first."))
		if not length.fits:
			told = _("The reply has {0} of {1} characters. Shorten it.", length.used, length.limit)
			raise Rejected("too long", told)
		if reply.visibility is Visibility.PRIVATE and reply.to.visibility is Visibility.PUBLIC:
			told = _(
				"A bot can't answer a group's message in private. Answer in public, or ask them to write to it."
			)
			raise Rejected("not private", told)

	def reconcile(self, reply: Outgoing) -> Sent | NotSent:
		raise Ambiguous(
			_(
				"Telegram does not let a bot read what it wrote. Look into the chat with {0}: is the reply there?",
				reply.to.author.name or reply.to.author.handle or reply.to.author.external_id,
			)
		)


def _sent(told: object) -> Sent:
	try:
		chat, number = told["chat"], told["message_id"]
		at = moment_of(told["date"])
		return Sent(external_id(chat["id"], number), url_of(chat, number), sent_at=at)
	except (Broken, KeyError, TypeError, ValueError):
		raise unconfirmed()
