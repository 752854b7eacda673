// Actions of Social Service on tickets that came from a network. What they do is in the app; here they can be switched off.
async function setupForm(form) {
	try {
		if (!form.doc?.social_channel) return { actions: [] };
		const view = await import("/assets/social_service/js/ticket_view.js?v=VERSION");
		return await view.setupForm(form);
	} catch (error) {
		console.warn("social_service:", error);
		return { actions: [] };
	}
}
