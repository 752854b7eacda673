"""What Frappe calls of ours. Read by Frappe, and (for the list of channels) by the embedded host: imports nothing."""

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
	"x": "social_service.channels.x.X",
	"mastodon": "social_service.channels.mastodon.Mastodon",
}
