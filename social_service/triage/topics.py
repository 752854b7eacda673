"""What the model's topics are called. The topic “other” has no name: it says nothing."""

from __future__ import annotations

from collections.abc import Mapping

from social_service.sentence import Sentence, _

TOPICS: Mapping[str, Sentence] = {
	"outage": _("Outage"),
	"delay": _("Delay"),
	"billing": _("Billing"),
	"account": _("Account"),
	"order": _("Order"),
	"product": _("Product"),
	"staff": _("Staff"),
	"information": _("Information"),
	"access": _("Accessibility"),
	"lost": _("Lost property"),
	"security": _("Security"),
	"news": _("News"),
	"praise": _("Praise"),
}
