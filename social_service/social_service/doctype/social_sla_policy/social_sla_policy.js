// The form of a policy: before it is saved, it can be tried on a post. Nothing is stored by that.

(() => {
	const KNOWN = ["channel", "kind", "language", "topic", "ticket_type", "priority", "customer"];

	frappe.ui.form.on("Social SLA Policy", {
		refresh(frm) {
			if (frm.perm[0]?.write) frm.add_custom_button(__("Try it"), () => open(frm));
		},
	});

	async function open(frm) {
		const posts = await frappe.xcall("social_service.api_promises.last_posts");
		const again = frappe.utils.debounce(() => run(frm, dialog), 300);
		const dialog = new frappe.ui.Dialog({
			title: __("Which policy applies, and until when"),
			size: "large",
			fields: fields(posts, (name) => fill(dialog, posts, name), again),
		});
		dialog.show();
		run(frm, dialog);
	}

	function fields(posts, chosen, onchange) {
		const field = (fieldname, fieldtype, label, more = {}) => ({ fieldname, fieldtype, label, onchange, ...more });
		const kinds = ["mention", "comment", "direct message", "review", "post"];
		return [
			field("post", "Select", __("Post"), {
				options: [{ value: "", label: __("As typed below") }, ...posts.map(option)],
				description: __("One of the last {0}, or say below what is known of one", [50]),
				onchange() {
					chosen(this.get_value());
				},
			}),
			{ fieldname: "known", fieldtype: "Section Break" },
			field("channel", "Link", __("Channel"), { options: "Social Channel" }),
			field("kind", "Select", __("Kind"), { options: kinds, default: "mention" }),
			field("language", "Data", __("Language")),
			field("sent_at", "Datetime", __("Written at"), { default: frappe.datetime.now_datetime() }),
			{ fieldname: "column", fieldtype: "Column Break" },
			field("topic", "Data", __("Topic")),
			field("ticket_type", "Link", __("Ticket type"), { options: "HD Ticket Type" }),
			field("priority", "Link", __("Priority"), { options: "HD Ticket Priority" }),
			field("customer", "Link", __("Customer"), { options: "HD Customer" }),
			{ fieldname: "told", fieldtype: "Section Break" },
			{ fieldname: "answer", fieldtype: "HTML" },
		];
	}

	const option = ({ post, author, text, sent_at }) => ({
		value: post,
		label: `${time(sent_at)} · ${author}: ${text}`,
	});

	function fill(dialog, posts, name) {
		const post = posts.find((one) => one.post === name);
		if (!post) return;
		const sent_at = moment(post.sent_at).tz(frappe.boot.time_zone.system).format("YYYY-MM-DD HH:mm:ss");
		dialog.set_values({ ...Object.fromEntries(KNOWN.map((key) => [key, post.facts[key] || ""])), sent_at });
	}

	async function run(frm, dialog) {
		const { post, answer, ...told } = dialog.get_values(true) || {};
		const policy = Object.fromEntries(frm.meta.fields.map(({ fieldname }) => [fieldname, frm.doc[fieldname]]));
		if (!frm.is_new()) policy.name = frm.doc.name;
		const asked = (dialog.asked = (dialog.asked || 0) + 1);
		const tried = await frappe.xcall("social_service.api_promises.try_policy", { policy, post: told });
		if (asked === dialog.asked) dialog.fields_dict.answer.$wrapper.html(shown(tried));
	}

	function shown({ policy, is_typed, reasons, hours, deadlines }) {
		const [color, verdict] = is_typed
			? ["green", __("This policy applies")]
			: policy
			? ["orange", __("Another policy applies: {0}", [policy])]
			: ["red", __("Nothing is promised")];
		const items = reasons.map((reason) => `<li>${escaped(reason)}</li>`).join("");
		return `<p><span class="indicator-pill ${color}"><span>${escaped(verdict)}</span></span></p>
			<ol class="small pl-4">${items}</ol>${deadlines.length ? table(deadlines, hours) : ""}`;
	}

	function table(deadlines, hours) {
		const heads = ["", __("Within"), __("Warning"), __("Due")].map((head) => `<th>${head}</th>`).join("");
		const rows = deadlines.map(({ milestone, within_s, warn_at, due_at }) => {
			const within = frappe.utils.get_formatted_duration(within_s);
			const cells = [escaped(milestone), within, warn_at ? time(warn_at) : "–", `<b>${time(due_at)}</b>`];
			return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
		});
		return `<table class="table table-bordered small"><thead><tr>${heads}</tr></thead><tbody>${rows.join("")}</tbody></table>
			<p class="text-muted small">${escaped(hours)} ${escaped(__("Times are those of {0}.", [zone()]))}</p>`;
	}

	const escaped = (text) => frappe.utils.escape_html(text || "");
	const zone = () => frappe.boot.time_zone?.user || frappe.boot.time_zone?.system;
	const time = (instant) =>
		new Date(instant).toLocaleString(frappe.boot.lang, {
			timeZone: zone(),
			...{ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
		});
})();
