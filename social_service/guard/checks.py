"""What is looked at before a reply may go out, one check after the other. No network call."""

from __future__ import annotations

from datetime import timedelta

from social_service.account import Clock, connect
from social_service.channels.errors import Rejected
from social_service.guard.privacy import found_in
from social_service.hosts.base import From, Host, In
from social_service.ledger import SocialMessage, SocialReply
from social_service.records import AgentReplied, Fate, ReplyState, Visibility
from social_service.sentence import Refused, Sentence, _
from social_service.settings import SocialChannel
from social_service.site_settings import the_settings

SAME_TEXT = timedelta(minutes=10)
ALIVE = In((ReplyState.QUEUED, ReplyState.SENDING, ReplyState.SENT, ReplyState.UNKNOWN))


def answered_message(host: Host, ticket: str) -> SocialMessage | None:
	"""The post that an answer from this ticket answers: the customer's newest."""
	wanted = {"ticket": ticket, "fate": In((Fate.OPENED, Fate.JOINED)), "deleted_at": None}
	found = host.store.find(SocialMessage, wanted, order="-sent_at,-external_id", limit=1)
	return found[0] if found else None


def check_reply(host: Host, replied: AgentReplied, clock: Clock) -> SocialMessage:
	"""The post to answer; raises Refused."""
	message = answered_message(host, replied.ticket)
	if message is None:
		raise Refused(_("There is nothing left to answer: the customer deleted the post."))
	channel = host.store.get(SocialChannel, [message.channel]).get(message.channel)
	reason = channel_asleep(host, channel) or _text_problem(host, channel, message, replied.text, clock)
	reason = reason or _tells_too_much(host, message, replied.text)
	reason = reason or _said_already(host, message, replied.text, clock)
	if reason:
		raise Refused(reason)
	return message


def channel_asleep(host: Host, channel: SocialChannel | None) -> Sentence | None:
	"""Why nothing may leave through this channel now."""
	if channel is None:
		return _("The channel of this ticket does not exist any more. Answer on the network itself.")
	if the_settings(host).stop_publishing:
		return _(
			"All publishing is stopped in Social Service Settings. Your text stays; send it when it is on again."
		)
	if channel.parked.strip():
		return _("The channel {0} is parked: {1}", channel.title, channel.parked.strip())
	if not channel.enabled:
		return _("The channel {0} is disabled. Enable it, or answer on the network itself.", channel.title)
	if channel.dry_run:
		return _(
			"The channel {0} is in dry run: nothing leaves. Switch dry run off to answer.", channel.title
		)
	return None


def _text_problem(
	host: Host, channel: SocialChannel, message: SocialMessage, text: str, clock: Clock
) -> Sentence | None:
	if not text.strip():
		return _("There is no text to publish. Write an answer first.")
	try:
		driver = connect(host, channel, clock)
	except Rejected as error:
		return error.sentence
	served = message.as_served()
	may = driver.may_reply(served)
	if not may.allowed:
		return may.reason or _("{0} does not let us answer this post. Open it there.", driver.label)
	length = driver.measure(text, served)
	if not length.fits:
		over = length.used - length.limit
		return _(
			"Too long for {0} by {1}: {2} of {3} {4}.",
			driver.label,
			over,
			length.used,
			length.limit,
			length.unit,
		)
	return None


def _tells_too_much(host: Host, message: SocialMessage, text: str) -> Sentence | None:
	"""What is somebody's own must not be read by everybody, whoever typed it."""
	if message.visibility is not Visibility.PUBLIC:
		return None
	settings = the_settings(host)
	found = found_in(text, settings.private_patterns.splitlines(), settings.public_contacts.splitlines())
	if not found:
		return None
	return _(
		"Everybody would read {0}: {1}. Take it out, or ask for a private message. What is yours, an admin allows.",
		found[0].kind,
		found[0].text,
	)


def _said_already(host: Host, message: SocialMessage, text: str, clock: Clock) -> Sentence | None:
	"""Two clicks on Send are one answer."""
	recent = {"conversation": message.conversation, "state": ALIVE, "queued_at": From(clock() - SAME_TEXT)}
	for reply in host.store.find(SocialReply, recent, order="-queued_at", limit=20):
		if " ".join(reply.text.split()) == " ".join(text.split()):
			return _("The same answer is on its way already or was published a moment ago.")
	return None
