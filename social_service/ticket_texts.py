"""What the ticket view itself says, by the key under which its scripts ask for it."""

from __future__ import annotations

from social_service.sentence import _

# what the view itself says; it fills in the {0}
TEXTS = {
	"open": _("Open post"),
	"suggestions": _("Suggested answers"),
	"insert": _("Insert:"),
	"text": _("As text"),
	"link": _("As link"),
	"short answer": _("Short answer"),
	"costs": _("{0} charges about {1} for it"),
	"was_inserted": _("Inserted: {0}"),
	"helped": _("Helped"),
	"wrong": _("Wrong"),
	"judge": _("Does this article answer the post?"),
	"read": _("Read the article"),
	"fits": _("{0} % fit"),
	"changed": _("changed on {0}"),
	"nothing_fits": _("No article of the knowledge base fits this post."),
	"retry": _("Retry"),
	"retried": _("We try again. The ticket shows how it ends."),
	"counted": _("{0} of {1}"),
	"in_draft": _("The answer is in your draft. Reload the page to see it."),
	"copied": _("The answer is copied. Paste it into your reply."),
	"alike": _("{0} more like this"),
	"open_ticket": _("Ticket {0}"),
	"no_ticket": _("no ticket"),
	"more": _("More"),
	"correct": _("This post …"),
	"needs_reply": _("Needs a reply"),
	"no_reply": _("Needs no reply"),
	"not_about_us": _("Not about us"),
	"spam": _("Spam"),
	"urgent": _("Urgent"),
	"not_urgent": _("Not urgent"),
	"corrected": _("Kept: “{0}”. Later posts are judged by it, too."),
	"article": _("Knowledge base"),
	"draft_article": _("Draft an article from this ticket"),
	"drafted": _("A draft is made. Read it, then publish it."),
}
