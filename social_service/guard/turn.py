"""What others did since an answer was begun: the customer, a colleague here or on the network, two answers at one moment."""

from __future__ import annotations

from collections.abc import Iterator

from social_service.guard.case import Case, Objection, quoted
from social_service.guard.draft import began_before, name_of, writing_beside
from social_service.ledger import SocialMessage
from social_service.records import ReplyState
from social_service.sentence import Refused, Sentence, _


def edited(case: Case) -> Iterator[Objection]:
	begun, message = case.draft, case.message
	if begun and begun.message == message.name and begun.revision < message.revision:
		yield Objection(
			f"edited:{message.name}:{message.revision}",
			_(
				"The customer edited the post after you began to write. Read it again: “{0}”",
				quoted(message.text),
			),
		)


def another_post(case: Case) -> Iterator[Objection]:
	"""The answer would now stand below another post than the one that it was begun for."""
	message = case.message
	if case.draft is None or case.draft.message in ("", message.name):
		return
	old = case.host.store.get(SocialMessage, [case.draft.message]).get(case.draft.message)
	yield Objection(f"post:{message.name}", _what_is_newest(old, message))
	if old and old.channel != message.channel and case.channel:
		yield Objection(
			f"account:{message.channel}",
			_(
				"You began to answer through another channel. This would leave through {0}.",
				case.channel.title,
			),
		)


def _what_is_newest(old: SocialMessage | None, message: SocialMessage) -> Sentence:
	if old and not old.deleted_at and old.sent_at <= message.sent_at:
		return _(
			"The customer wrote again after you began. Your answer would stand below the new post: “{0}”",
			quoted(message.text),
		)
	return _(
		"The post that you began to answer is gone. Your answer would stand below an older one: “{0}”",
		quoted(message.text),
	)


def answered(case: Case) -> Iterator[Objection]:
	"""By a colleague, from here."""
	for reply in case.replies:
		if reply.message == case.message.name and reply.agent != case.replied.agent:
			name = name_of(case.host, case.replied.ticket, reply.agent)
			told = _(
				"{0} has answered this post: “{1}” Send yours only if it adds something.",
				name,
				quoted(reply.text),
			)
			yield Objection(f"answered:{reply.name}", told)


def answered_natively(case: Case) -> Iterator[Objection]:
	"""On the network itself: see native.py. An answer of ours leaves the same trace, under the time of its reply."""
	at = case.conversation and case.conversation.last_agent_at
	if not at or at <= case.message.sent_at:
		return
	if any(one.state is ReplyState.SENT and one.sent_at == at for one in case.replies):
		return
	own = next((one for one in case.thread if one.is_own and one.sent_at == at), None)
	network = case.driver.label if case.driver else case.message.channel
	told = _("Somebody answered on {0} itself. Look there; send yours only if it adds something.", network)
	if own and own.text:
		told = _(
			"Somebody answered on {0} itself: “{1}” Send yours only if it adds something.",
			network,
			quoted(own.text),
		)
	yield Objection(f"native:{at.isoformat()}", told)


def colleague_writes(case: Case) -> Iterator[Objection]:
	"""Who came second is told; who was first reads it, see ``writing.py``."""
	for one in writing_beside(case.host, case.replied, case.now):
		if began_before(one, case.draft):
			told = _("{0} is writing an answer here. Agree which of you sends.", one.agent_name or one.agent)
			yield Objection(f"writing:{one.agent}", told)


def take_turn(case: Case) -> None:
	"""Of two answers at the same moment one goes, and none past a post that is being stored. A conditional change looks at
	what is committed, whatever this transaction read before. Raises Refused."""
	talk = case.conversation
	if talk is None:
		return
	unchanged = {"answers": talk.answers, "last_customer_at": talk.last_customer_at}
	if case.host.store.change(talk, only_if=unchanged, answers=talk.answers + 1) is None:
		raise Refused(AT_ONCE)


AT_ONCE = _(
	"At this very moment a colleague answered, or the customer wrote again. Read it, then send yours if it is still needed."
)
