"""The inbox of the simulated Meta: conversations of a Page with people, and its rules of when it may write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from social_service.rehearsal.meta_fields import Fields, graph_error, invalid, listed, only, stamp
from social_service.rehearsal.meta_graph import GraphNetwork, older_than, unknown_object
from social_service.rehearsal.simulated import Person, Post

DAY, WEEK = timedelta(hours=24), timedelta(days=7)
CLOSED = "This message is sent outside of allowed window"


@dataclass(eq=False)
class Talk:
	id: str
	person: Person
	owner: Talks
	turn: int = 0  # grows with every message of any conversation
	messages: list[Post] = field(default_factory=list)

	def last_of(self, person: Person) -> Post | None:
		return next((one for one in reversed(self.messages) if one.by is person), None)


class Talks:
	"""The conversations of one Page. ``limit`` refuses too long texts."""

	prefix = "m_"  # of the ids of messages

	def __init__(self, network: GraphNetwork, company: Person) -> None:
		self.network, self.company = network, company
		self.by_person: dict[str, Talk] = {}
		self.by_id: dict[str, Talk] = {}
		self._turn = 0

	def add(self, message: Post, person: Person) -> None:
		talk = self.by_person.get(person.id)
		if talk is None:
			talk = Talk(f"t_{person.id}", person, self)
			self.by_person[person.id] = self.by_id[talk.id] = talk
		self._turn += 1
		talk.turn = self._turn
		talk.messages.append(message)
		message.facts["talk"] = talk

	# --- reading ---------------------------------------------------------------------------------------------

	def list(self, asked: Mapping) -> dict:
		if asked.get("user_id"):
			found = self.by_person.get(str(asked["user_id"]))
			rows = [found] if found else []
		else:
			rows = sorted(self.by_person.values(), key=lambda talk: -talk.turn)
		if asked.get("after"):
			rows = [talk for talk in rows if talk.turn < int(asked["after"])]
		limit = min(int(asked.get("limit", 25)), 100)
		fields = Fields(str(asked.get("fields", "id")))
		shown = rows[:limit]
		after = str(shown[-1].turn) if len(rows) > limit else ""
		return listed([self._talk(one, fields) for one in shown], after)

	def _talk(self, talk: Talk, fields: Fields) -> dict:
		known = {
			"id": lambda: talk.id,
			"updated_time": lambda: stamp(talk.messages[-1].at),
			"message_count": lambda: len(talk.messages),
			"link": lambda: f"/{self.company.handle}/inbox/{talk.id}/",
			"participants": lambda: {"data": [self.named(talk.person), self.named(self.company)]},
			"messages": lambda: self._newest(talk, fields),
		}
		return only(known, fields)

	def _newest(self, talk: Talk, fields: Fields) -> dict:
		modifiers, inner = fields["messages"]
		asked = {"limit": modifiers.get("limit", "25")}
		page = self.network.page_of(talk.messages, asked, lambda one, _fields: self.message(one, inner))
		return page

	def messages_of(self, talk: Talk, asked: Mapping) -> dict:
		return self.network.page_of(talk.messages, asked, self.message)

	def message(self, message: Post, fields: Fields) -> dict:
		talk: Talk = message.facts["talk"]
		other = talk.person if message.by is self.company else self.company
		known = {
			"id": lambda: message.id,
			"created_time": lambda: stamp(message.at),
			"from": lambda: self.named(message.by),
			"to": lambda: {"data": [self.named(other)]},
			"message": lambda: message.text,
			"attachments": lambda: None,
		}
		return only(known, fields)

	def named(self, person: Person) -> dict:
		return {"name": person.name, "email": f"{person.id}@facebook.com", "id": person.id}

	# --- writing ---------------------------------------------------------------------------------------------

	def send(self, asked: Mapping) -> dict:
		recipient, text = asked.get("recipient") or {}, (asked.get("message") or {}).get("text", "")
		self.network.require_length(text)
		if "id" in recipient:
			talk = self.by_person.get(str(recipient["id"]))
			if talk is None:
				raise graph_error(100, "No matching user found", 2018001)
			answered = talk.last_of(talk.person)
			self._require_window(answered, asked)
			return self._published(talk.person, text, answered.id if answered else "")
		return self._privately(str(recipient.get("comment_id") or recipient.get("post_id") or ""), text)

	def _require_window(self, answered: Post | None, asked: Mapping) -> None:
		is_tagged = asked.get("messaging_type") == "MESSAGE_TAG" and asked.get("tag") == "HUMAN_AGENT"
		if not is_tagged and asked.get("messaging_type") != "RESPONSE":
			raise invalid("Invalid messaging_type")
		if answered is None or older_than(answered, self.network.now, WEEK if is_tagged else DAY):
			raise graph_error(10, CLOSED, 2018278)

	def _privately(self, comment_id: str, text: str) -> dict:
		comment = self.network.posts.get(comment_id)
		if comment is None or comment.is_deleted:
			raise unknown_object(comment_id)
		if comment.facts.get("talk"):
			raise graph_error(10900, "Activity already replied to")
		if comment.by is self.company or older_than(comment, self.network.now, WEEK):
			raise graph_error(10903, "This user can't reply to this activity")
		told = self._published(comment.by, text, comment_id)
		comment.facts["talk"] = self.by_person[comment.by.id]
		return told

	def _published(self, person: Person, text: str, reply_to: str) -> dict:
		message = Post(
			f"{self.prefix}{self.network.new_id()}", self.company, text, self.network.now, reply_to
		)
		self.network.posts[message.id] = message
		self.add(message, person)
		self.network.note_published(message, "private")
		return {"recipient_id": person.id, "message_id": message.id}
