/*
 * routes.c - every path of the service, in one table.
 *
 * The table answers requests and writes the OpenAPI document; a path that is not here does not
 * exist.
 */
#include "routes.h"

#include <string.h>

#include "concordat/app/schemas.h"
#include "concordat/app/schemas_delivery.h"
#include "concordat/app/schemas_mail.h"
#include "concordat/app/schemas_webhook.h"
#include "concordat/app/stream.h"
#include "concordat/core/compare.h"
#include "concordat/wire/clock.h"
#include "concordat/wire/document.h"
#include "concordat/wire/record.h"

#define QUERY(...)                \
	(const char *const[])     \
	{                         \
		__VA_ARGS__, NULL \
	}
#define PAGE_QUERY "limit", "after"
#define DOCUMENTS app_document_types
#define PLAIN QUERY("text/plain")

const struct route routes[] = {
	{HTTP_GET_, "/livez", "live", "Whether the process answers", NULL,
	 .response_help = "It does."},
	{HTTP_GET_, "/readyz", "ready", "Whether the service may be sent work", NULL,
	 .response_help = "It may. 503 says why not."},
	{HTTP_GET_, "/metrics", "metrics", "Figures in Prometheus text form", NULL,
	 .response_help = "text/plain"},
	{HTTP_GET_, "/openapi.json", "openapi", "This document", NULL,
	 .response_help = "OpenAPI 3.1"},
	{HTTP_GET_, "/problems/{code}", "problem_page", "What a problem's code means", NULL,
	 .response_help = "text/plain"},

	{HTTP_GET_, "/v1/placements", "list_placements",
	 "Placements this organisation is a party to", app_list_placements,
	 .response = &placement_row_schema, .is_page = true,
	 .query = QUERY("stage", "provider", "team", "due", "q", "sort", PAGE_QUERY)},
	{HTTP_POST_, "/v1/placements", "open_placement", "Open a placement", app_open_placement,
	 .status = 201, .response_help = "A receipt: placement, reference, version, entries"},
	{HTTP_POST_, "/v1/placements/import", "import_placements",
	 "Bring in care that already runs, a row a placement: the first row names the columns. "
	 "mode=all: none goes in when one is refused; mode=good: the others do. A repeat with the "
	 "same key goes on where it was broken off",
	 app_import_placements, .sends = app_import_types, .response = &import_report_schema,
	 .query = QUERY("mode")},
	{HTTP_GET_, "/v1/placements/{id}", "get_placement",
	 "The placement as this party sees it, with what it may do now", app_get_placement,
	 .query = QUERY("as_known_on"), .response_help = "The placement; ETag covers the body"},
	{HTTP_POST_, "/v1/placements/{id}/moves", "make_move",
	 "One move: the only way to change a placement", app_move, .is_move = true,
	 .response_help = "A receipt: placement, reference, move, version, entries"},
	{HTTP_GET_, "/v1/placements/{id}/facts", "list_facts", "The history this party may see",
	 app_list_facts, .is_page = false, .query = QUERY("as_known_on", PAGE_QUERY),
	 .response_help = "A page of entries"},
	{HTTP_GET_, "/v1/placements/{id}/facts/{entry}", "get_fact",
	 "One entry of the history, by this party's own number", app_get_fact,
	 .response_help = "The entry"},
	{HTTP_GET_, "/v1/placements/{id}/obligations/{oid}", "get_obligation",
	 "One action due, with its date explained", app_get_obligation,
	 .query = QUERY("as_known_on"), .response_help = "The obligation and explain"},
	{HTTP_GET_, "/v1/placements/{id}/obligations/{oid}/no-reply", "get_no_reply",
	 "A statement that no reply to it was recorded, signed and provable: up to the entry that "
	 "says so, or with until=newest up to now; 409 while it is open, or is not sealed yet",
	 app_get_no_reply, .query = QUERY("until"), .response = &no_reply_schema},
	{HTTP_GET_, "/v1/placements/{id}/agreements/{n}", "get_agreement",
	 "One version of the agreement, as the placement shows it", app_get_agreement,
	 .response_help = "The version"},
	{HTTP_GET_, "/v1/placements/{id}/agreements/{n}/record", "get_record",
	 "The version with the entries that made it and what proves them, signed: a file to keep, "
	 "or a page to print; 409 in the moment before it is sealed",
	 app_get_record, .gives = app_record_types, .response = &agreed_terms_schema},
	{HTTP_GET_, "/v1/placements/{id}/agreements/{n}/proof", "get_agreement_proof",
	 "That the entry that made the version is in the log (C2SP tlog-proof)",
	 app_get_agreement_proof, .gives = PLAIN, .response_help = "The proof"},
	{HTTP_GET_, "/v1/placements/{id}/agreements/{n}/ocds", "get_agreement_ocds",
	 "The version as a release package of the Open Contracting Data Standard 1.1; off unless "
	 "the operator has set ocds_prefix",
	 app_get_ocds, .response_help = "A release package"},
	{HTTP_GET_, "/v1/placements/{id}/ocds", "get_placement_ocds",
	 "Every release of the placement's contract, and the newest state: a record package of the "
	 "Open Contracting Data Standard 1.1",
	 app_get_ocds, .response_help = "A record package"},
	{HTTP_GET_, "/v1/placements/{id}/calculations/{n}", "get_calculation",
	 "One calculation as it was recorded, run again line by line", app_get_calculation,
	 .response_help = "The calculation, its workings, and same: whether it came out the same"},
	{HTTP_GET_, "/v1/placements/{id}/calculations/{n}/comparison", "compare_calculation",
	 "The calculation and what moved the price to another one, or an offer beside it",
	 app_compare_calculation, .query = QUERY("calculation", "offer", "thread"),
	 .response_help = "As compare_what_if answers; beside an offer, line by line for a week"},
	{HTTP_GET_, "/v1/placements/{id}/rounds/{n}/comparison", "compare_round",
	 "Every offer of a strand line by line, beside the guide and beside the one before; both "
	 "sides are answered the same",
	 app_compare_round, .response = &round_comparison_schema, .query = QUERY("thread")},
	{HTTP_GET_, "/v1/placements/{id}/readings", "list_readings",
	 "Who read how many of the person's texts, newest first; for an auditor, the data "
	 "protection "
	 "lead or a manager of the authority",
	 app_list_readings, .response = &reading_row_schema, .is_page = true,
	 .query = QUERY(PAGE_QUERY)},
	{HTTP_GET_, "/v1/placements/{id}/account", "get_account",
	 "What each payer pays for each night, and what was put right once more was known; both "
	 "sides are answered the same",
	 app_get_account, .response = &account_answer_schema, .gives = app_report_types,
	 .query = QUERY("from", "to", "as_known_on")},
	{HTTP_GET_, "/v1/statements", "list_statements",
	 "What is due for a time, placement by placement and payer by payer, with what was put "
	 "right in it for earlier nights",
	 app_list_statements, .response = &statement_row_schema, .is_page = true,
	 .gives = app_report_types, .query = QUERY("from", "to", "home", PAGE_QUERY)},
	{HTTP_GET_, "/v1/events", "stream_events",
	 "What happens, as it happens: server-sent events, each a CloudEvent of an entry that this "
	 "party is told of, of a placement or a home, with the party's own numbers. Goes on behind "
	 "the id of an event, given as Last-Event-ID or after, here or at another daemon, with "
	 "nothing left out and nothing twice; after=beginning: from the log's first entry; "
	 "without: from now. A provider or representative names the authority or one placement",
	 app_stream_events, .gives = QUERY("text/event-stream"), .response_help = "Events",
	 .query = QUERY("authority", "placement", "after")},

	{HTTP_GET_, "/v1/obligations", "list_obligations",
	 "What is owed by me and to me, soonest first", app_list_obligations,
	 .response = &obligation_row_schema, .is_page = true,
	 .query = QUERY("owed", "state", "team", PAGE_QUERY)},

	{HTTP_GET_, "/v1/reviews", "list_reviews",
	 "Reviews coming, due and overdue, soonest first, and why each date is what it is",
	 app_list_reviews, .response = &review_row_schema, .is_page = true,
	 .query = QUERY("state", "kind", "owner", "team", "home", "authority", "q", PAGE_QUERY)},

	{HTTP_GET_, "/v1/reports/timescales", "report_timescales",
	 "How both sides kept to their timescales, as this organisation may know it",
	 app_report_timescales, .response = &timescale_report_schema, .gives = app_report_types,
	 .query = QUERY("from", "to", "side", "duty", "as_known_on")},

	{HTTP_GET_, "/v1/cost-models", "list_cost_models", "Cost models and their versions",
	 app_list_cost_models, .response = &cost_model_row_schema, .is_page = true},
	{HTTP_POST_, "/v1/cost-models", "load_cost_model",
	 "Load a version of a cost model, for good; an administrator's", app_load_cost_model,
	 .request = &cost_model_schema, .response = &cost_model_row_schema, .status = 201},
	{HTTP_GET_, "/v1/cost-models/{model}/{version}", "get_cost_model", "One version, whole",
	 app_get_cost_model, .response_help = "The document as loaded"},
	{HTTP_POST_, "/v1/cost-models/{model}/{version}/calculate", "calculate_what_if",
	 "A guide price that is kept nowhere", app_calculate, .request = &calculate_request_schema,
	 .response_help = "The guide price line by line"},
	{HTTP_POST_, "/v1/cost-models/compare", "compare_what_if",
	 "One guide price beside another and what moved it; nothing is kept", app_compare,
	 .request = &compare_request_schema, .response = &comparison_schema},
	{HTTP_POST_, "/v1/uplifts/preview", "preview_uplift",
	 "What an uplift would make of one agreement or of all in force; nothing is recorded",
	 app_preview_uplift, .request = &uplift_request_schema, .response = &uplift_preview_schema},
	{HTTP_POST_, "/v1/uplifts", "order_uplift",
	 "Uplift all agreements in force, each by its own method: a manager's or administrator's",
	 app_order_uplift, .request = &portfolio_uplift_schema,
	 .response = &portfolio_progress_schema, .status = 201},
	{HTTP_GET_, "/v1/uplifts", "list_uplifts",
	 "An authority's uplifts of its portfolio, the newest first, and how each goes",
	 app_list_uplifts, .response = &portfolio_progress_schema, .is_page = true,
	 .query = QUERY("state", PAGE_QUERY)},
	{HTTP_GET_, "/v1/uplifts/{id}", "get_uplift",
	 "How an uplift of a portfolio goes, and what did not simply rise", app_get_uplift,
	 .response = &portfolio_progress_schema, .query = QUERY(PAGE_QUERY)},
	{HTTP_POST_, "/v1/uplifts/{id}/stop", "stop_uplift",
	 "An uplift of a portfolio goes no further; what it applied stands", app_stop_uplift,
	 .request = &stop_uplift_schema, .response = &portfolio_progress_schema},
	{HTTP_GET_, "/v1/dates/explain", "explain_date",
	 "Any rule from any instant, every day explained", app_explain_date,
	 .query = QUERY("from", "rule", "division", "authority", "roll", "pauses"),
	 .response = &explained_clock_schema},
	{HTTP_GET_, "/v1/protocols", "list_protocols", "Protocols and their versions",
	 app_list_protocols, .response_help = "A page of protocols"},
	{HTTP_GET_, "/v1/calendars", "list_calendars", "Calendars and their versions",
	 app_list_calendars, .response_help = "A page of calendars"},

	{HTTP_POST_, "/v1/documents", "upload_document",
	 "Upload a document: its bytes, to be attached to a placement", app_upload_document,
	 .sends = DOCUMENTS, .response = &document_row_schema, .status = 201},
	{HTTP_GET_, "/v1/documents/{id}", "get_document",
	 "A document's bytes: one's own, or one that an entry one may see attaches",
	 app_get_document, .gives = DOCUMENTS, .response_help = "Its bytes; ETag is its digest"},

	{HTTP_GET_, "/v1/deliveries", "list_deliveries", "What this organisation was told",
	 app_list_deliveries, .response = &delivery_row_schema, .is_page = true,
	 .query = QUERY("placement", "state", "channel", "target", "read", PAGE_QUERY)},
	{HTTP_GET_, "/v1/deliveries/{id}", "get_delivery", "A message, with every try at it",
	 app_get_delivery, .response = &delivery_row_schema},
	{HTTP_POST_, "/v1/deliveries/{id}/read", "read_delivery",
	 "A message is read; a notice that no channel could bring is served by that",
	 app_read_delivery, .request = &webhook_call_schema, .response = &delivery_row_schema},
	{HTTP_GET_, "/v1/placements/{id}/deliveries", "list_reached",
	 "How far what this organisation did has reached the other parties", app_list_reached,
	 .response = &delivery_reach_schema, .is_page = true, .query = QUERY(PAGE_QUERY)},
	{HTTP_GET_, "/v1/message-rules", "list_message_rules",
	 "Who gets an e-mail of what, and when: one's own rules and the mailbox's",
	 app_list_message_rules, .response = &message_rule_schema, .is_page = true},
	{HTTP_POST_, "/v1/message-rules", "set_message_rule",
	 "Set a rule for oneself, or for the mailbox as a manager; what is to be done always comes "
	 "at once",
	 app_set_message_rule, .request = &message_rule_schema, .response = &message_rule_schema},
	{HTTP_DELETE_, "/v1/message-rules/{kind}", "remove_message_rule",
	 "Remove a rule; kind all: the one for the kinds that no rule names",
	 app_remove_message_rule, .query = QUERY("for"),
	 .response_help = "Its kind, and removed: true"},

	{HTTP_GET_, "/v1/letters", "list_letters",
	 "What reached nobody outside the service and is to be told by telephone or letter; as "
	 "text/html all of a page's letters to print, one a sheet",
	 app_list_letters, .response = &letter_row_schema, .is_page = true,
	 .gives = app_letter_types, .query = QUERY(PAGE_QUERY)},
	{HTTP_GET_, "/v1/letters/{id}", "get_letter", "One of them; as text/html a letter to print",
	 app_get_letter, .response = &letter_row_schema, .gives = app_letter_types},
	{HTTP_GET_, "/v1/bounces", "list_bounces", "Addresses that refused mail", app_list_bounces,
	 .response = &bounce_row_schema, .is_page = true, .query = QUERY(PAGE_QUERY)},
	{HTTP_POST_, "/v1/bounces", "report_bounce",
	 "That mail came back after it was taken; what was sent by it has failed",
	 app_report_bounce, .request = &bounce_report_schema, .response = &bounce_reported_schema},
	{HTTP_DELETE_, "/v1/bounces/{id}", "clear_bounce", "Write to an address again",
	 app_clear_bounce, .response_help = "Its id, and cleared: true"},

	{HTTP_GET_, "/v1/log/{authority}/checkpoint", "get_checkpoint",
	 "How far an authority's log is sealed: a signed note (C2SP tlog-checkpoint)",
	 app_get_checkpoint, .gives = PLAIN, .response_help = "The note"},
	{HTTP_GET_, "/v1/log/{authority}/keys", "get_log_keys",
	 "The keys that the log's notes are signed with, old ones too", app_get_log_keys,
	 .gives = PLAIN, .response_help = "A verifier key a line"},
	{HTTP_GET_, "/v1/log/{authority}/proof", "get_log_proof",
	 "That an entry of a placement, by this party's own number, is in the log (C2SP "
	 "tlog-proof); 409 in the moment before it is sealed",
	 app_get_log_proof, .gives = PLAIN, .query = QUERY("placement", "entry"),
	 .response_help = "The proof, with the checkpoint it is under"},
	{HTTP_GET_, "/v1/log/{authority}/consistency", "get_consistency",
	 "That the log, at its newest size or at another, begins with what it was at an earlier "
	 "one (RFC 6962, 2.1.2)",
	 app_get_consistency, .query = QUERY("from", "to"),
	 .response_help = "from, to, hashes in base64, and the checkpoint if one was signed at to"},
	{HTTP_GET_, "/v1/log/{authority}/headers", "list_log_headers",
	 "The headers of the entries of a placement that this party may see, exactly as they are "
	 "in the log",
	 app_list_log_headers, .query = QUERY("placement", PAGE_QUERY),
	 .response_help = "A page of entry, leaf_index, header"},

	{HTTP_GET_, "/v1/organisations", "list_organisations", "Organisations",
	 app_list_organisations, .response = &organisation_row_schema, .is_page = true,
	 .query = QUERY("kind", "q", PAGE_QUERY)},
	{HTTP_POST_, "/v1/organisations", "create_organisation", "Enter an organisation",
	 app_create_organisation, .request = &organisation_request_schema,
	 .response = &organisation_row_schema, .status = 201},
	{HTTP_POST_, "/v1/organisations/{id}/protocol", "adopt_protocol",
	 "An authority adopts a protocol for what it opens from now on", app_adopt_protocol,
	 .request = &protocol_adoption_schema, .response = &organisation_row_schema},
	{HTTP_POST_, "/v1/organisations/{id}/contact", "set_contact",
	 "How an organisation is reached, all of it anew: its mailbox, telephone and postal "
	 "address for notices; for an administrator of its own, or the operator's",
	 app_set_contact, .request = &contact_schema, .response = &organisation_row_schema},
	{HTTP_GET_, "/v1/organisations/{id}/closures", "list_closures",
	 "An authority's own closures and their versions", app_list_closures,
	 .response_help = "A page of lists, the newest last"},
	{HTTP_POST_, "/v1/organisations/{id}/closures", "load_closures",
	 "An authority's own closures, the whole list anew; open dates are counted again by it",
	 app_load_closures, .request = &closures_schema, .response = &closures_row_schema,
	 .status = 201},
	{HTTP_GET_, "/v1/homes", "list_homes", "Homes of a provider", app_list_homes,
	 .response = &home_row_schema, .is_page = true,
	 .query = QUERY("organisation", "q", PAGE_QUERY)},
	{HTTP_POST_, "/v1/homes", "create_home", "Enter a home", app_create_home,
	 .request = &home_request_schema, .response = &home_row_schema, .status = 201},
	{HTTP_GET_, "/v1/homes/{id}", "get_home",
	 "A home, and what this organisation may see of each authority's record of it",
	 app_get_home, .response_help = "The home and its records"},
	{HTTP_POST_, "/v1/homes/{id}/moves", "make_home_move",
	 "One move in an authority's record of a home", app_move_home, .is_home_move = true,
	 .response_help = "A receipt: home, authority, move, version, entries"},
	{HTTP_POST_, "/v1/users", "create_user", "Enter a person who works for an organisation",
	 app_create_user, .request = &user_request_schema, .response = &user_row_schema,
	 .status = 201},
	{HTTP_POST_, "/v1/tokens", "create_token", "Make a token; its secret is shown once",
	 app_create_token, .request = &token_request_schema, .response = &token_row_schema,
	 .status = 201},
	{HTTP_DELETE_, "/v1/tokens/{id}", "revoke_token", "Revoke a token", app_revoke_token,
	 .response_help = "Its id, and revoked: true"},

	{HTTP_POST_, "/v1/webhooks", "create_webhook",
	 "Name a program to be told as things happen; its signing secret is shown once",
	 app_create_webhook, .request = &webhook_request_schema, .response = &webhook_row_schema,
	 .status = 201},
	{HTTP_GET_, "/v1/webhooks", "list_webhooks",
	 "One's own organisation's webhooks: to its managers and administrators", app_list_webhooks,
	 .response = &webhook_row_schema, .is_page = true, .query = QUERY(PAGE_QUERY)},
	{HTTP_GET_, "/v1/webhooks/{id}", "get_webhook", "A webhook and how it goes",
	 app_get_webhook, .response = &webhook_row_schema},
	{HTTP_POST_, "/v1/webhooks/{id}", "change_webhook",
	 "What a webhook is, all of it anew; its secret and what waits stay", app_change_webhook,
	 .request = &webhook_request_schema, .response = &webhook_row_schema},
	{HTTP_DELETE_, "/v1/webhooks/{id}", "remove_webhook",
	 "Remove a webhook; what waits for it has failed", app_remove_webhook,
	 .response_help = "Its id, and removed: true"},
	{HTTP_POST_, "/v1/webhooks/{id}/rotate", "rotate_webhook",
	 "A new signing secret, shown once; for 24 hours the old one signs too", app_rotate_webhook,
	 .request = &webhook_call_schema, .response = &webhook_row_schema},
	{HTTP_POST_, "/v1/webhooks/{id}/enable", "enable_webhook",
	 "A webhook that was disabled is told again, of what happens from now on",
	 app_enable_webhook, .request = &webhook_call_schema, .response = &webhook_row_schema},
	{HTTP_POST_, "/v1/webhooks/{id}/test", "test_webhook",
	 "A message of the kind test, through the same queue", app_test_webhook,
	 .request = &webhook_call_schema, .response = &webhook_test_schema, .status = 201},
	{HTTP_POST_, "/v1/webhooks/{id}/replay", "replay_webhook",
	 "One delivery, or those of a time, once more under the same webhook-id; its schedule of "
	 "tries begins anew",
	 app_replay_webhook, .request = &webhook_replay_schema,
	 .response = &webhook_replayed_schema},
	{HTTP_GET_, "/v1/webhooks/{id}/failures", "list_webhook_failures",
	 "What a webhook has not taken, the newest first, and what it answered",
	 app_list_webhook_failures, .response = &webhook_failure_schema, .is_page = true,
	 .query = QUERY(PAGE_QUERY)},

	{HTTP_POST_, "/v1/calendar-feeds", "create_calendar_feed",
	 "Make a calendar feed of one's own; its address is shown once", app_create_calendar_feed,
	 .request = &calendar_feed_request_schema, .response = &calendar_feed_row_schema,
	 .status = 201},
	{HTTP_GET_, "/v1/calendar-feeds", "list_calendar_feeds",
	 "One's own calendar feeds that are not revoked; to an administrator everybody's there",
	 app_list_calendar_feeds, .response = &calendar_feed_row_schema, .is_page = true,
	 .query = QUERY(PAGE_QUERY)},
	{HTTP_DELETE_, "/v1/calendar-feeds/{id}", "revoke_calendar_feed",
	 "Revoke a calendar feed: nothing is at its address any more", app_revoke_calendar_feed,
	 .response_help = "Its id, and revoked: true"},
	{HTTP_GET_, "/calendar/{secret}.ics", "get_calendar",
	 "Reviews and dates due, for a calendar program: iCalendar (RFC 5545). The address says "
	 "who "
	 "asks; its last 90 days and what is to come, 5,000 events at most",
	 app_get_calendar, .by_secret = true, .gives = app_calendar_types,
	 .response_help = "The calendar; ETag covers the body"},
};
const size_t routes_count = sizeof(routes) / sizeof(routes[0]);

const char *method_name(enum http_method method)
{
	switch (method) {
	case HTTP_GET_:
		return "GET";
	case HTTP_HEAD_:
		return "HEAD";
	case HTTP_POST_:
		return "POST";
	case HTTP_PUT_:
		return "PUT";
	case HTTP_DELETE_:
		return "DELETE";
	case HTTP_PATCH_:
		return "PATCH";
	case HTTP_OPTIONS_:
		return "OPTIONS";
	case HTTP_OTHER:
		break;
	}
	return "OTHER";
}

static struct text next_segment(struct text *rest)
{
	const char *slash = memchr(rest->at, '/', rest->len);
	struct text segment = {rest->at, slash ? (size_t)(slash - rest->at) : rest->len};

	rest->at += segment.len + (slash ? 1 : 0);
	rest->len -= segment.len + (slash ? 1 : 0);
	return segment;
}

/* The part in braces; *rest is what stands behind them. */
static struct text braced(struct text want, struct text *rest)
{
	const char *end = memchr(want.at, '}', want.len);
	size_t len = (size_t)(end - want.at);

	*rest = (struct text){end + 1, want.len - len - 1};
	return (struct text){want.at + 1, len - 1};
}

/* Without that ending, which it must have. */
static bool take_ending(struct text *part, struct text ending)
{
	if (part->len <= ending.len ||
	    memcmp(part->at + part->len - ending.len, ending.at, ending.len))
		return false;
	part->len -= ending.len;
	return true;
}

/* Ids, models and versions are plain: an escape in a path names nothing here. */
static bool pattern_fits(const char *pattern, struct text path, struct text parts[2])
{
	struct text wanted = text_of(pattern), part, ending;
	size_t found = 0;

	while (wanted.len || path.len) {
		struct text want;

		if (!wanted.len || !path.len)
			return false;
		want = next_segment(&wanted);
		part = next_segment(&path);
		if (want.len && want.at[0] == '{') {
			braced(want, &ending);
			if (!take_ending(&part, ending) || memchr(part.at, '%', part.len) ||
			    found == 2)
				return false;
			parts[found++] = part;
		} else if (!text_eq(want, part)) {
			return false;
		}
	}
	return true;
}

const struct route *route_find(struct arena *arena, enum http_method method, struct text path,
			       struct text parts[2], struct text *allow)
{
	struct writer w;

	writer_init(&w, arena);
	if (path.len > 1 && path.at[path.len - 1] == '/')
		path = TEXT_NONE;
	for (size_t i = 0; path.len && i < routes_count; i++) {
		if (!pattern_fits(routes[i].pattern, path, parts))
			continue;
		if (routes[i].method == method ||
		    (method == HTTP_HEAD_ && routes[i].method == HTTP_GET_))
			return &routes[i];
		writer_printf(&w, "%s%s", w.len ? ", " : "", method_name(routes[i].method));
		if (routes[i].method == HTTP_GET_)
			writer_puts(&w, ", HEAD");
	}
	*allow = w.len ? writer_text(&w) : TEXT_NONE;
	return NULL;
}

bool route_takes_bytes(enum http_method method, struct text path)
{
	for (size_t i = 0; i < routes_count; i++)
		if (routes[i].sends && routes[i].method == method &&
		    text_is(path, routes[i].pattern))
			return true;
	return false;
}
