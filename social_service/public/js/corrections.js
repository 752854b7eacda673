// What can be said of a post in one click, in the list and in the form; the ticket view says the same.

frappe.provide("social_service.corrections");

Object.assign(social_service.corrections, {
	words: () => ({
		needs_reply: __("Needs a reply"),
		no_reply: __("Needs no reply"),
		not_about_us: __("Not about us"),
		spam: __("Spam"),
	}),

	urgency: () => ({ urgent: __("Urgent"), not_urgent: __("Not urgent") }),

	may_be_made: (message) => !message.is_own && !message.is_repost,

	async make(messages, word) {
		const told = await frappe.xcall("social_service.api.correct_messages", { messages, word }, "POST");
		const again = told.decided_again ? __("Decided again in a moment: {0}.", [told.decided_again]) : "";
		const kept = __("Kept for {0} posts. Later posts are judged by it, too.", [told.corrected]);
		frappe.show_alert({ message: `${kept} ${again}`, indicator: "green" });
	},
});
