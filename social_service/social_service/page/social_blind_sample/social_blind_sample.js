// Posts that opened no ticket, one after the other, to be judged without knowing what the machine said of them.

(() => {
	const ROUTE = "social-blind-sample";
	const DOOR = "social_service.api.";
	const ANSWERS = [
		["needed a reply", () => __("Needed a reply"), "btn-primary"],
		["needed none", () => __("Needed none"), "btn-default"],
		["can't tell", () => __("Can't tell"), "btn-default"],
	];
	let sheet = null;
	let $sheet = null;

	frappe.pages[ROUTE].on_page_load = (wrapper) => {
		const page = frappe.ui.make_app_page({ parent: wrapper, title: __("Blind sample"), single_column: true });
		$sheet = $(`<div class="blind-sample" style="max-width: 46em; margin: 0 auto; padding: 2em 1em"></div>`);
		page.main.append($sheet);
		$sheet.on("click", "button[data-answer]", (event) => judge(event.currentTarget.dataset.answer));
		$(document).on("keydown", by_key);
	};

	frappe.pages[ROUTE].on_page_show = async () => show(await frappe.xcall(`${DOOR}next_blind_sample`));

	function by_key({ key, target, ctrlKey, metaKey, altKey }) {
		const typing = ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName) || target.isContentEditable;
		const elsewhere = frappe.get_route()[0] !== ROUTE || $(".modal:visible").length;
		const answer = ANSWERS[Number(key) - 1];
		if (answer && !typing && !elsewhere && !ctrlKey && !metaKey && !altKey) judge(answer[0]);
	}

	async function judge(answer) {
		const asked = sheet?.asked;
		if (!asked) return;
		sheet = null; // a second key press must not judge the next post
		$sheet.find("button").prop("disabled", true);
		try {
			const judged = { sample: asked.sample, answer };
			show(await frappe.xcall(`${DOOR}judge_blind_sample`, judged, "POST"));
		} catch {
			show(await frappe.xcall(`${DOOR}next_blind_sample`));
		}
	}

	function show(told) {
		sheet = told;
		const languages = told.by_language.map(
			([language, rate]) => `<div class="text-muted small">${escaped(named(language))}: ${escaped(rate)}</div>`
		);
		$sheet.html(`
			<p class="rate" style="font-size: var(--text-lg)">${escaped(told.rate)}</p>
			${languages.join("")}
			<hr>
			${told.asked ? post(told.asked) : done()}`);
	}

	function post({ text, network, language, url, sent_at, number, of }) {
		const when = new Date(sent_at).toLocaleString(frappe.boot.lang, { dateStyle: "medium", timeStyle: "short" });
		const about = [network, named(language), when].filter(Boolean).map(escaped).join(" · ");
		const buttons = ANSWERS.map(
			([answer, label, look], place) => `<button class="btn ${look} mr-2" data-answer="${escaped(answer)}">
				${escaped(label())} <kbd class="ml-1">${place + 1}</kbd></button>`
		);
		return `
			<div class="d-flex justify-content-between text-muted small">
				<span>${about}</span><span class="progress-of">${__("{0} of {1}", [number, of])}</span>
			</div>
			<div class="post-text frappe-card my-3" style="padding: 1.5em; white-space: pre-wrap;
				overflow-wrap: anywhere; max-height: 50vh; overflow-y: auto; font-size: var(--text-lg)"
				dir="auto">${escaped(text) || `<i class="text-muted">${__("No text")}</i>`}</div>
			<div class="d-flex justify-content-between align-items-center">
				<div>${buttons.join("")}</div>${opened(url)}
			</div>
			<p class="text-muted small mt-4">${__(
				"Did its writer want something from us? If it needed a reply, its ticket is opened now."
			)}</p>`;
	}

	function done() {
		return `<p class="text-muted">${__("Nothing waits to be judged. Each night new posts are drawn.")}</p>`;
	}

	function opened(url) {
		if (!/^https?:\/\//.test(url || "")) return "";
		return `<a style="text-decoration: underline" href="${escaped(url)}" target="_blank" rel="noopener noreferrer">${__("Open post")}</a>`;
	}

	function named(language) {
		if (!/^[a-z]{2,3}$/.test(language || "") || language === "und") return "";
		return new Intl.DisplayNames([frappe.boot.lang], { type: "language" }).of(language);
	}

	const escaped = (text) => frappe.utils.escape_html(text || "");
})();
