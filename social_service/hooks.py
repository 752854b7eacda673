"""What Frappe calls of ours. Read by Frappe, and (for the list of channels) by the embedded host: needs no Frappe."""

app_name = "social_service"
app_title = "Social Service"
app_publisher = "The social_service developers"
app_description = "Public posts become tickets, answers appear on the network exactly once"
app_email = "hello@social-service.invalid"
app_license = "AGPL-3.0"

required_apps = ["frappe/helpdesk"]
require_type_annotated_api_methods = True

# A new channel is one line here.
social_channels = {
	"x": "social_service.channels.x.driver.X",
	"mastodon": "social_service.channels.mastodon.driver.Mastodon",
	"telegram": "social_service.channels.telegram.driver.Telegram",
	"facebook": "social_service.channels.facebook.driver.Facebook",
	"google_business": "social_service.channels.google_business.driver.GoogleBusiness",
	"instagram": "social_service.channels.instagram.driver.Instagram",
	"youtube": "social_service.channels.youtube.driver.YouTube",
	"discourse": "social_service.channels.discourse.driver.Discourse",
	"rss": "social_service.channels.rss.driver.Rss",
	"bluesky": "social_service.channels.bluesky.driver.Bluesky",
	"webhook": "social_service.channels.webhook.driver.Webhook",
}

# Where articles come from that an answer may carry; another app may add its own.
social_article_sources = [
	"social_service.hosts.frappe_article_sources.HDArticles",
	"social_service.hosts.frappe_article_sources.HelpArticles",
	"social_service.hosts.frappe_article_sources.SavedReplies",
]

website_route_rules = [{"from_route": "/help/<article>", "to_route": "help/article"}]

after_install = "social_service.install.setup"
after_migrate = ["social_service.install.setup"]
before_uninstall = "social_service.install.before_uninstall"

doctype_js = {
	"Social Channel": ["public/js/channel_connect.js", "public/js/channel_health.js"],
	"Social Message": ["public/js/corrections.js"],
}
doctype_list_js = {"Social Message": ["public/js/corrections.js"]}

scheduler_events = {
	"cron": {
		"* * * * *": ["social_service.tasks.dispatch"],
		"20 3 * * *": ["social_service.tasks.at_night"],  # by the site's clock
	}
}

try:  # where Frappe lets several apps extend a class, we do; elsewhere the last app wins
	from frappe.model.base_document import _get_extended_class  # noqa: F401
except ImportError:
	override_doctype_class = {"HD Ticket": "social_service.overrides.hd_ticket.SocialHDTicket"}
else:
	extend_doctype_class = {"HD Ticket": ["social_service.overrides.hd_ticket.SocialTicketMixin"]}

doc_events = {
	"HD Ticket": {
		"reply_via_agent": "social_service.overrides.replies.publish",
		"on_update": "social_service.overrides.happenings.ticket_saved",
		"after_delete": "social_service.overrides.happenings.ticket_deleted",
	},
	"HD Service Level Agreement": {"on_update": "social_service.overrides.promises.host_changed"},
	"HD Ticket Priority": {"after_insert": "social_service.overrides.promises.host_changed"},
	"HD Service Holiday List": {"on_update": "social_service.overrides.promises.host_changed"},
	"ToDo": {"after_insert": "social_service.overrides.happenings.assigned"},
	"Email Queue": {"before_insert": "social_service.overrides.replies.keep_mail_from_authors"},
}

override_whitelisted_methods = {
	"helpdesk.api.ticket.bulk_reply": "social_service.overrides.host_methods.bulk_reply",
	"helpdesk.helpdesk.doctype.hd_ticket.api.split_ticket": "social_service.overrides.host_methods.split_ticket",
	"helpdesk.helpdesk.doctype.hd_ticket.api.merge_ticket": "social_service.overrides.host_methods.merge_ticket",
	"helpdesk.helpdesk.doctype.hd_ticket.api.get_ticket_activities": (
		"social_service.overrides.ticket_view.get_ticket_activities"
	),
	"helpdesk.api.saved_replies.get_rendered_saved_reply": (
		"social_service.overrides.saved_replies.get_rendered_saved_reply"
	),
	"helpdesk.helpdesk.doctype.hd_ticket.api.get_ticket_contact": (
		"social_service.overrides.ticket_view.get_ticket_contact"
	),
}

ignore_links_on_delete = ["Social SLA Clock"]  # a policy may go; what was promised under it stays on record

_RESTRICTED = (
	*("Message", "Conversation", "Reply", "Profile", "Article Suggestion"),
	*("Ticket Event", "Draft", "SLA Clock"),
)
permission_query_conditions = {
	f"Social {name}": "social_service.hosts.frappe_permissions.query_conditions" for name in _RESTRICTED
}
has_permission = {f"Social {name}": "social_service.hosts.frappe_permissions.may_see" for name in _RESTRICTED}

# who wrote on what is forgotten after days; an admin sees and changes it in Log Settings
default_log_clearing_doctypes = {"Social Draft": 1}
