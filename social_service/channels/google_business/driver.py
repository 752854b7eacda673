"""Google Business Profile: reviews of the company's places, newest change first; one answer to each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from social_service.channels.base import Capabilities, Channel, Connection, Setting, Stream
from social_service.channels.errors import Ambiguous, NotSupported, Rejected
from social_service.channels.google.api import SETTINGS, GoogleApi
from social_service.channels.google.cursor import Position, read_position
from social_service.channels.google_business.account import read_account
from social_service.channels.google_business.changing import GoogleBusinessChanges
from social_service.channels.google_business.page import read_page
from social_service.channels.google_business.review import (
	ALL_REVIEWS,
	REPLY,
	REVIEWS,
	parse,
	parse_reply,
	place_of,
)
from social_service.channels.reading import Broken, moment
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
PAGE = 50
STREAM = "reviews:"


class GoogleBusiness(GoogleBusinessChanges, Channel):
	code = "google_business"
	label = "Google Business Profile"
	capabilities = Capabilities(
		public_reply=True,
		reads_single=True,
		edit=True,
		delete=True,
		is_idempotent="upsert",
		counts="bytes, an umlaut is two",
		recheck_minutes=360,
	)
	settings = (*SETTINGS, Setting("locations", "Places, one a line", required=False, lines=True))

	def __init__(self, connection: Connection) -> None:
		super().__init__(connection)
		self.api = GoogleApi(connection)

	def check(self) -> Account:
		return read_account(self.api)

	@property
	def places(self) -> dict[str, Mapping[str, str]]:
		"""All that the account manages, or those that an admin entered, as ``locations/…`` → what `check` learned."""
		known = self.account.limits.get("locations", ()) if self.account else ()
		entered = {f"locations/{one.rpartition('/')[2]}" for one in self._entered()}
		return {one["name"]: one for one in known if not entered or one["name"] in entered}

	def _entered(self) -> list[str]:
		return self.connection.options.get("locations", "").split()

	# --- listening ------------------------------------------------------------------------------------------

	def streams(self) -> tuple[Stream, ...]:
		return tuple(
			Stream(STREAM + name, place.get("title") or name, min_seconds=300, scan_days=30)
			for name, place in self.places.items()
		)

	def fetch(self, stream: Stream, cursor: str | None, since: str | None = None) -> Page:
		place = stream.key.removeprefix(STREAM)
		if place not in self.places:
			raise NotSupported(_("This place is not connected any more. Press Check connection."))
		position = read_position(cursor, since)
		try:
			return self._page(place, position)
		except Rejected as refusal:
			if not (position.page and refusal.status == 400):
				raise
			return self._page(place, position.begun_again())

	def _page(self, place: str, position: Position) -> Page:
		asked = {"pageSize": PAGE, "orderBy": "updateTime desc"}
		path = f"/v4/{self.places[place]['account']}/{place}/reviews"
		body = self.api.record(
			REVIEWS, path, {**asked, **({"pageToken": position.page} if position.page else {})}
		)
		return read_page(body, position, self.account, self._url(place))

	def _url(self, place: str) -> str:
		return self.places.get(place, {}).get("url", "")

	def get(self, external_ids: Sequence[str]) -> dict[str, Message | None]:
		"""What can't be read is left out, and what belongs to a place that is not ours any more."""
		found: dict[str, Message | None] = {}
		for one in external_ids:
			if place_of(one) not in self.places:
				continue
			review = self._review(one.removesuffix(REPLY))
			try:
				found[one] = review and self._part(one, review)
			except (Broken, KeyError, TypeError, ValueError, AttributeError):
				continue
		return found

	def _part(self, external_id: str, review: Mapping) -> Message | None:
		url = self._url(place_of(external_id))
		is_reply = external_id.endswith(REPLY)
		return parse_reply(review, self.account, url) if is_reply else parse(review, url)

	def _review(self, external_id: str) -> Mapping | None:
		try:
			return self.api.record(REVIEWS, self.path_of(external_id))
		except Rejected as refusal:
			if refusal.reason == "gone":
				return None
			raise

	def path_of(self, external_id: str) -> str:
		place = self.places.get(place_of(external_id))
		if not place:
			raise Rejected("gone", _("This place is not connected any more. Press Check connection."))
		return f"/v4/{place['account']}/{quote(external_id)}"

	# --- answering ------------------------------------------------------------------------------------------

	def may_reply(self, message: Message) -> Permission:
		if message.is_own:
			return Permission(False, _("This is our own answer. Answer the review; that replaces it."))
		return Permission(True)

	def measure(self, text: str, to: Message | None = None) -> Length:
		return Length(len(text.strip().encode("utf-8", "surrogatepass")), LIMIT, "bytes")

	def send(self, reply: Outgoing) -> Sent:
		"""Google keeps one answer to each review: a second one replaces it."""
		length = self.measure(reply.text)
		if not length.used:
			raise Rejected("empty", _("The reply is empty. Write something first."))
		if not length.fits:
			told = _("The reply has {0} of {1} bytes. Shorten it.", length.used, length.limit)
			raise Rejected("too long", told)
		if reply.visibility is Visibility.PRIVATE:
			raise Rejected("not private", _("Google has no private answers to reviews. Answer in public."))
		path = self.path_of(reply.to.external_id) + REPLY
		answer = self.api.call("PUT", REVIEWS, path, json_body={"comment": reply.text.strip()})
		return self._sent(reply, answer.json)

	def reconcile(self, reply: Outgoing) -> Sent | NotSent:
		review = self._review(reply.to.external_id)
		told = review.get("reviewReply") if review else None
		if not told:
			return NotSent()
		if not isinstance(told, Mapping) or "comment" not in told:
			raise Ambiguous(_("Google does not say what our answer is. Look there before you send it again."))
		if str(told["comment"]).split() == reply.text.split():
			return self._sent(reply, told)
		if _may_have_replaced(told, reply):
			raise Ambiguous(
				_(
					"Another answer stands below this review now. Look there before you send this one again: it would replace it."
				)
			)
		return NotSent()

	def _sent(self, reply: Outgoing, told: object) -> Sent:
		try:
			at = moment(told["updateTime"])
		except (Broken, KeyError, TypeError):
			raise Ambiguous(_("Google did not confirm the answer; we look whether it is there."))
		url = reply.to.url or self._url(place_of(reply.to.external_id)) or ALL_REVIEWS
		return Sent(reply.to.external_id + REPLY, url, sent_at=at)


def _may_have_replaced(told: Mapping, reply: Outgoing) -> bool:
	"""Written since ours was first sent: ours may have stood there before."""
	try:
		return bool(reply.started_at) and moment(told["updateTime"]) > reply.started_at
	except (Broken, KeyError):
		return True
