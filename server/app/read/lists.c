/*
 * lists.c - lists over many placements: placements, actions due.
 *
 * They come from columns written with each move, under row-level security, and say no more than the
 * placement itself would to the same party.
 */
#include "call/page.h"
#include "concordat/app/schemas.h"
#include "concordat/core/calendar.h"
#include "concordat/wire/emit.h"
#include "queries.h"

/* ---- placements ---- */

static const char *const placement_sorts[] = {"reference", "changed", "due", NULL};
static const char *const placement_filters[] = {"stage", "provider", "team", "due",
						"q",	 "sort",     NULL};

enum placement_column {
	SORT_KEY,
	ID,
	AUTHORITY,
	REFERENCE,
	STAGE,
	SETTING,
	URGENCY,
	VERSION,
	PROVIDER,
	HOME,
	OWNER,
	WEEKLY,
	OPENED_AT,
	CHANGED_AT,
	NEXT_DUE_AT,
	IS_OVERDUE,
	TEAM
};

static void put_placement(struct page *page, struct writer *w, const struct rows *rows, size_t i)
{
	struct text version = row_text(rows, i, VERSION);
	const struct placement_row row = {
		.id = row_uuid(rows, i, ID),
		.authority = row_uuid(rows, i, AUTHORITY),
		.reference = row_text(rows, i, REFERENCE),
		.stage = row_text(rows, i, STAGE),
		.care_setting = row_text(rows, i, SETTING),
		.urgency = row_text(rows, i, URGENCY),
		.version = text_printf(page->call->arena, "v%.*s", TEXT_FMT(version)),
		.provider = row_uuid(rows, i, PROVIDER),
		.home = row_uuid(rows, i, HOME),
		.owner = row_uuid(rows, i, OWNER),
		.team = row_text(rows, i, TEAM),
		.weekly_p = row_int(rows, i, WEEKLY, NO_INT),
		.opened_at_us = row_int(rows, i, OPENED_AT, NEVER_US),
		.changed_at_us = row_int(rows, i, CHANGED_AT, NEVER_US),
		.next_due_at_us = row_int(rows, i, NEXT_DUE_AT, NEVER_US),
		.overdue = row_bool(rows, i, IS_OVERDUE),
	};

	emit_struct(w, NULL, &placement_row_schema, &row, AUDIENCE_COMMISSIONER);
}

static void on_placements(enum store_outcome outcome, const struct rows *rows, void *context)
{
	page_rows(context, outcome, rows, put_placement);
}

void app_list_placements(struct call *call)
{
	struct page *page = arena_make(call->arena, struct page);
	struct param *params = arena_array(call->arena, struct param, 10);
	struct text stage = TEXT_NONE, part = TEXT_NONE, sort = TEXT("reference");
	struct text team = TEXT_NONE;
	struct uuid provider = {0}, last = {0};
	int32_t due_day = NO_DAY;
	const char *kind;

	if (!query_word(call, "stage", stage_names, &stage) ||
	    !query_word(call, "sort", placement_sorts, &sort) ||
	    !query_id(call, "provider", &provider) || !query_day(call, "due", &due_day) ||
	    !query_text(call, "q", 60, &part) || !query_text(call, "team", 60, &team))
		return;
	kind = text_cstr(call->arena, text_printf(call->arena, "placements:%.*s", TEXT_FMT(sort)));
	if (!page_read(call, kind, placement_filters, 2, page) || !page_after_id(page, 1, &last))
		return;
	params[0] = param_uuid(call->arena, call->caller.organisation);
	params[1] = PARAM(stage);
	params[2] = param_uuid(call->arena, provider);
	params[3] = param_instant(call->arena,
				  due_day == NO_DAY ? NEVER_US : london_instant(due_day, 0, 0));
	params[4] = PARAM(part);
	params[5] = PARAM(sort);
	params[6] = PARAM(page->after[0]);
	params[7] = param_uuid(call->arena, last);
	params[8] = page_most(page);
	params[9] = PARAM(team);
	call_read(call, SQL_QUERY_PLACEMENTS, params, 10, on_placements, page);
}

/* ---- actions due ---- */

static const char *const owed_words[] = {"by_me", "to_me", NULL};
static const char *const state_words[] = {"open",     "met", "met_late", "lapsed",
					  "released", "all", NULL};
static const char *const obligation_filters[] = {"owed", "state", "team", NULL};

enum obligation_column {
	DUE, /* as a number also when there is none */
	PLACEMENT,
	ENTRY,
	N,
	PLACEMENT_REFERENCE,
	PLACEMENT_STAGE,
	DUTY,
	OWED_BY,
	OWED_BY_ORGANISATION,
	STATE,
	DUE_AT,
	MISSED_AT,
	NOT_SERVED_AT
};

static void put_obligation(struct page *page, struct writer *w, const struct rows *rows, size_t i)
{
	struct arena *arena = page->call->arena;
	struct text entry = row_text(rows, i, ENTRY), n = row_text(rows, i, N);
	struct text placement = row_text(rows, i, PLACEMENT);
	struct obligation_row row = {
		.id = text_printf(arena, "%.*s.%.*s", TEXT_FMT(entry), TEXT_FMT(n)),
		.placement = row_uuid(rows, i, PLACEMENT),
		.reference = row_text(rows, i, PLACEMENT_REFERENCE),
		.stage = row_text(rows, i, PLACEMENT_STAGE),
		.duty = row_text(rows, i, DUTY),
		.owed_by = row_text(rows, i, OWED_BY),
		.owed_by_organisation = row_uuid(rows, i, OWED_BY_ORGANISATION),
		.state = row_text(rows, i, STATE),
		.due_at_us = row_int(rows, i, DUE_AT, NEVER_US),
		.missed_at_us = row_int(rows, i, MISSED_AT, NEVER_US),
		.served = row_is_null(rows, i, NOT_SERVED_AT),
		.not_served_since_us = row_int(rows, i, NOT_SERVED_AT, NEVER_US),
	};

	row.href = text_printf(arena, "/v1/placements/%.*s/obligations/%.*s", TEXT_FMT(placement),
			       TEXT_FMT(row.id));
	if (row.due_at_us != NEVER_US)
		row.due_words = instant_words(arena, row.due_at_us);
	emit_struct(w, NULL, &obligation_row_schema, &row, AUDIENCE_COMMISSIONER);
}

static void on_obligations(enum store_outcome outcome, const struct rows *rows, void *context)
{
	page_rows(context, outcome, rows, put_obligation);
}

static bool obligation_cursor_is_sound(const struct page *page)
{
	struct uuid stream;
	int64_t due, entry, n;

	return !page->has_after ||
	       (text_to_int(page->after[0], &due) && uuid_parse(page->after[1], &stream) &&
		text_to_int(page->after[2], &entry) && entry > 0 && entry < INT32_MAX &&
		text_to_int(page->after[3], &n) && n > 0 && n < INT32_MAX);
}

void app_list_obligations(struct call *call)
{
	struct page *page = arena_make(call->arena, struct page);
	struct param *params = arena_array(call->arena, struct param, 8);
	struct text owed = TEXT("by_me"), state = TEXT("open"), team = TEXT_NONE;
	const char *kind;

	if (!query_word(call, "owed", owed_words, &owed) ||
	    !query_word(call, "state", state_words, &state) || !query_text(call, "team", 60, &team))
		return;
	kind = text_is(owed, "by_me") ? "obligations:by_me" : "obligations:to_me";
	if (!page_read(call, kind, obligation_filters, 4, page))
		return;
	if (!obligation_cursor_is_sound(page)) {
		page_refuse(page);
		return;
	}
	params[0] = param_uuid(call->arena, call->caller.organisation);
	params[1] = PARAM(text_is(state, "all") ? TEXT_NONE : state);
	for (size_t i = 0; i < 4; i++)
		params[2 + i] = PARAM(page->after[i]);
	params[6] = page_most(page);
	params[7] = PARAM(team);
	call_read(call, text_is(owed, "by_me") ? SQL_QUERY_OWED_BY : SQL_QUERY_OWED_TO, params, 8,
		  on_obligations, page);
}
