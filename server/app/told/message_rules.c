/*
 * message_rules.c - who gets an e-mail of what, and when: /v1/message-rules.
 *
 * A rule is a reader's, for one kind of message or for all that no rule names. The organisation's
 * mailbox is a reader too, for its managers and administrators to say. No rule keeps back what the
 * reader has to do. Beside its rules a reader says by which clock it lives.
 */
#include <string.h>

#include "call/page.h"
#include "concordat/app/schemas_delivery.h"
#include "concordat/app/schemas_webhook.h"
#include "concordat/wire/emit.h"
#include "queries.h"

#define ALL_KINDS "all" /* in the path: the rule for those that no rule names */

struct ruling {
	struct call *call;
	struct message_rule rule;
	struct uuid reader; /* zero: the mailbox */
};

/* False when the call has been answered. */
static bool reader_of(struct ruling *r)
{
	const struct caller *caller = &r->call->caller;

	if (r->rule.reader != READER_MAILBOX) {
		r->reader = caller->user;
		return true;
	}
	if (caller->roles & (BIT(ROLE_MANAGER) | BIT(ROLE_ADMINISTRATOR)))
		return true;
	call_problem(r->call, 403, "forbidden",
		     TEXT("Only a manager or an administrator says what goes to your "
			  "organisation's mailbox. Ask one of them, or set a rule for yourself."));
	return false;
}

/* ---- set ---- */

/* The zone that was probably meant, also by its place alone; or NULL. */
static const char *nearest_zone(struct arena *arena, const struct rows *zones, struct text given)
{
	const char **names = arena_array(arena, const char *, zones->count + 1);
	const char **places = arena_array(arena, const char *, zones->count + 1);
	const char *found;

	for (size_t i = 0; i < zones->count; i++) {
		const char *slash;

		names[i] = text_cstr(arena, row_text(zones, i, 0));
		slash = strrchr(names[i], '/');
		places[i] = slash ? slash + 1 : names[i];
	}
	found = text_nearest(given, names);
	if (found || !(found = text_nearest(given, places)))
		return found;
	for (size_t i = 0; i < zones->count; i++)
		if (places[i] == found)
			return names[i];
	return NULL;
}

static void on_zones(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct ruling *r = context;
	struct arena *arena = r->call->arena;
	const char *meant;

	if (!call_found(r->call, outcome, rows))
		return;
	meant = nearest_zone(arena, rows, r->rule.time_zone);
	call_refuse(
		r->call, TEXT("/time_zone"),
		meant ? text_printf(arena, "There is no such time zone. Did you mean %s?", meant)
		      : TEXT("There is no such time zone. Give its name in the IANA list, as "
			     "Europe/London."));
}

static void on_set(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct ruling *r = context;

	if (outcome != STORE_DONE) {
		call_store_fault(r->call, outcome);
		return;
	}
	if (!rows->count) {
		call_work(r->call, SQL_MESSAGE_TIME_ZONES, NULL, 0, on_zones, r);
		return;
	}
	r->rule.digest_hour = row_int(rows, 0, 0, NO_INT);
	r->rule.time_zone = row_text(rows, 0, 1);
	call_answer_struct(r->call, 200, &message_rule_schema, &r->rule);
}

void app_set_message_rule(struct call *call)
{
	struct ruling *r = arena_make(call->arena, struct ruling);
	struct param *params = arena_array(call->arena, struct param, 8);
	struct message_rule *rule = &r->rule;

	r->call = call;
	if (!call_body(call, &message_rule_schema, rule) || !reader_of(r))
		return;
	if (rule->reader == NO_ENUM)
		rule->reader = READER_ME;
	if (rule->placements == NO_ENUM)
		rule->placements = PLACEMENTS_ALL;
	params[0] = param_uuid(call->arena, call->caller.organisation);
	params[1] = PARAM(uuid_text(call->arena, r->reader));
	params[2] =
		PARAM(rule->kind == NO_ENUM ? TEXT_NONE : text_of(webhook_kind_names[rule->kind]));
	params[3] = PARAM(text_of(message_timing_names[rule->timing]));
	params[4] = PARAM(text_of(message_placements_names[rule->placements]));
	params[5] = rule->digest_hour == NO_INT ? PARAM(TEXT_NONE)
						: param_int(call->arena, rule->digest_hour);
	params[6] = PARAM(rule->time_zone);
	params[7] = param_instant(call->arena, app_now_us(call->app));
	call_work(call, SQL_MESSAGE_RULE_SET, params, 8, on_set, r);
}

/* ---- seen ---- */

static void put_rule(struct page *page, struct writer *w, const struct rows *rows, size_t row)
{
	const struct message_rule rule = {
		.reader = row_bool(rows, row, 0) ? READER_ME : READER_MAILBOX,
		.kind = enum_parse(webhook_kind_names, row_text(rows, row, 1)),
		.timing = enum_parse(message_timing_names, row_text(rows, row, 2)),
		.placements = enum_parse(message_placements_names, row_text(rows, row, 3)),
		.digest_hour = row_int(rows, row, 4, NO_INT),
		.time_zone = row_text(rows, row, 5),
	};

	(void)page;
	emit_struct(w, NULL, &message_rule_schema, &rule, AUDIENCE_COMMISSIONER);
}

static void on_rules(enum store_outcome outcome, const struct rows *rows, void *context)
{
	page_all(context, outcome, rows, put_rule);
}

void app_list_message_rules(struct call *call)
{
	struct param *params = arena_array(call->arena, struct param, 2);
	struct page page;

	if (!page_read(call, "message-rules", NULL, 1, &page))
		return; /* sound, though all of them are one page */
	params[0] = param_uuid(call->arena, call->caller.organisation);
	params[1] = param_uuid(call->arena, call->caller.user);
	call_read(call, SQL_MESSAGE_RULES, params, 2, on_rules, call);
}

/* ---- removed ---- */

static void on_removed(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct ruling *r = context;
	struct writer w;

	if (!call_found(r->call, outcome, rows))
		return;
	writer_init(&w, r->call->arena);
	emit_begin(&w, NULL, '{');
	emit_text(&w, "kind", r->call->path_id);
	emit_bool(&w, "removed", true);
	emit_end(&w, '}');
	call_answer(r->call, 200, writer_text(&w));
}

void app_remove_message_rule(struct call *call)
{
	struct ruling *r = arena_make(call->arena, struct ruling);
	struct param *params = arena_array(call->arena, struct param, 3);
	struct text reader = TEXT_NONE;
	bool all = text_is(call->path_id, ALL_KINDS);

	r->call = call;
	if (!query_word(call, "for", message_reader_names, &reader))
		return;
	r->rule.reader = text_is(reader, "mailbox") ? READER_MAILBOX : READER_ME;
	if (!all && enum_parse(webhook_kind_names, call->path_id) == NO_ENUM) {
		call_not_found(call);
		return;
	}
	if (!reader_of(r))
		return;
	params[0] = param_uuid(call->arena, call->caller.organisation);
	params[1] = PARAM(uuid_text(call->arena, r->reader));
	params[2] = PARAM(all ? TEXT_NONE : call->path_id);
	call_work(call, SQL_MESSAGE_RULE_REMOVE, params, 3, on_removed, r);
}
