/*
 * lists.c - lists over many placements: placements, actions due.
 *
 * They come from columns written with each move, under row-level security, and say no more than the
 * placement itself would to the same party.
 */
#include "concordat/app/schemas.h"
#include "concordat/core/calendar.h"
#include "concordat/wire/emit.h"
#include "page.h"
#include "queries.h"

struct listing {
	struct page page;
	struct call *call;
};

static struct listing *listing_of(struct call *call)
{
	struct listing *listing = arena_make(call->arena, struct listing);

	listing->call = call;
	return listing;
}

/* One more row than the page holds is asked for, to know whether there is a next one. */
static struct param param_limit(struct listing *listing)
{
	return param_int(listing->call->arena, listing->page.limit + 1);
}

static size_t rows_shown(const struct listing *listing, const struct rows *rows)
{
	return rows->count > (size_t)listing->page.limit ? (size_t)listing->page.limit
							 : rows->count;
}

/* ---- placements ---- */

static const char *const placement_sorts[] = {"reference", "changed", "due", NULL};
static const char *const placement_filters[] = {"stage", "provider", "team", "due",
						"q",	 "sort",     NULL};

static void on_placements(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct listing *listing = context;
	struct arena *arena = listing->call->arena;
	struct text last[2];
	struct writer w;
	size_t count;

	if (outcome != STORE_DONE) {
		call_store_fault(listing->call, outcome);
		return;
	}
	count = rows_shown(listing, rows);
	writer_init(&w, arena);
	emit_begin(&w, NULL, '[');
	for (size_t i = 0; i < count; i++) {
		struct text version = row_text(rows, i, 6);
		const struct placement_row row = {
			.id = row_uuid(rows, i, 0),
			.authority = row_uuid(rows, i, 1),
			.reference = row_text(rows, i, 2),
			.stage = row_text(rows, i, 3),
			.care_setting = row_text(rows, i, 4),
			.urgency = row_text(rows, i, 5),
			.version = text_printf(arena, "v%.*s", TEXT_FMT(version)),
			.provider = row_uuid(rows, i, 7),
			.home = row_uuid(rows, i, 8),
			.owner = row_uuid(rows, i, 9),
			.team = row_text(rows, i, 16),
			.weekly_p = row_int(rows, i, 10, NO_INT),
			.opened_at_us = row_int(rows, i, 11, NEVER_US),
			.changed_at_us = row_int(rows, i, 12, NEVER_US),
			.next_due_at_us = row_int(rows, i, 13, NEVER_US),
			.overdue = row_bool(rows, i, 14),
		};

		emit_struct(&w, NULL, &placement_row_schema, &row, AUDIENCE_COMMISSIONER);
		last[0] = row_text(rows, i, 15);
		last[1] = row_text(rows, i, 0);
	}
	emit_end(&w, ']');
	page_answer(&listing->page, &w, count < rows->count ? last : NULL, 2);
}

void app_list_placements(struct call *call)
{
	struct listing *listing = listing_of(call);
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
	if (!page_read(call, kind, placement_filters, 2, &listing->page))
		return;
	if (listing->page.has_after && !uuid_parse(listing->page.after[1], &last)) {
		page_refuse(&listing->page);
		return;
	}
	params[0] = param_uuid(call->arena, call->caller.organisation);
	params[1] = PARAM(stage);
	params[2] = param_uuid(call->arena, provider);
	params[3] = param_instant(call->arena,
				  due_day == NO_DAY ? NEVER_US : london_instant(due_day, 0, 0));
	params[4] = PARAM(part);
	params[5] = PARAM(sort);
	params[6] = PARAM(listing->page.after[0]);
	params[7] = param_uuid(call->arena, last);
	params[8] = param_limit(listing);
	params[9] = PARAM(team);
	store_read(app_store(call->app), call->arena, call->caller.organisation,
		   SQL_QUERY_PLACEMENTS, params, 10, on_placements, listing);
}

/* ---- actions due ---- */

static const char *const owed_words[] = {"by_me", "to_me", NULL};
static const char *const state_words[] = {"open",     "met", "met_late", "lapsed",
					  "released", "all", NULL};
static const char *const obligation_filters[] = {"owed", "state", "team", NULL};

static void on_obligations(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct listing *listing = context;
	struct arena *arena = listing->call->arena;
	struct text last[4];
	struct writer w;
	size_t count;

	if (outcome != STORE_DONE) {
		call_store_fault(listing->call, outcome);
		return;
	}
	count = rows_shown(listing, rows);
	writer_init(&w, arena);
	emit_begin(&w, NULL, '[');
	for (size_t i = 0; i < count; i++) {
		struct text entry = row_text(rows, i, 0), n = row_text(rows, i, 1);
		struct text placement = row_text(rows, i, 2);
		struct obligation_row row = {
			.id = text_printf(arena, "%.*s.%.*s", TEXT_FMT(entry), TEXT_FMT(n)),
			.placement = row_uuid(rows, i, 2),
			.reference = row_text(rows, i, 3),
			.stage = row_text(rows, i, 4),
			.duty = row_text(rows, i, 5),
			.owed_by = row_text(rows, i, 6),
			.owed_by_organisation = row_uuid(rows, i, 7),
			.state = row_text(rows, i, 8),
			.due_at_us = row_int(rows, i, 9, NEVER_US),
			.missed_at_us = row_int(rows, i, 10, NEVER_US),
			.served = row_is_null(rows, i, 12),
			.not_served_since_us = row_int(rows, i, 12, NEVER_US),
		};

		row.href = text_printf(arena, "/v1/placements/%.*s/obligations/%.*s",
				       TEXT_FMT(placement), TEXT_FMT(row.id));
		if (row.due_at_us != NEVER_US)
			row.due_words = instant_words(arena, row.due_at_us);
		emit_struct(&w, NULL, &obligation_row_schema, &row, AUDIENCE_COMMISSIONER);
		last[0] = row_text(rows, i, 11);
		last[1] = placement;
		last[2] = entry;
		last[3] = n;
	}
	emit_end(&w, ']');
	page_answer(&listing->page, &w, count < rows->count ? last : NULL, 4);
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
	struct listing *listing = listing_of(call);
	struct param *params = arena_array(call->arena, struct param, 8);
	struct text owed = TEXT("by_me"), state = TEXT("open"), team = TEXT_NONE;
	const char *kind;

	if (!query_word(call, "owed", owed_words, &owed) ||
	    !query_word(call, "state", state_words, &state) || !query_text(call, "team", 60, &team))
		return;
	kind = text_is(owed, "by_me") ? "obligations:by_me" : "obligations:to_me";
	if (!page_read(call, kind, obligation_filters, 4, &listing->page))
		return;
	if (!obligation_cursor_is_sound(&listing->page)) {
		page_refuse(&listing->page);
		return;
	}
	params[0] = param_uuid(call->arena, call->caller.organisation);
	params[1] = PARAM(text_is(state, "all") ? TEXT_NONE : state);
	for (size_t i = 0; i < 4; i++)
		params[2 + i] = PARAM(listing->page.after[i]);
	params[6] = param_limit(listing);
	params[7] = PARAM(team);
	store_read(app_store(call->app), call->arena, call->caller.organisation,
		   text_is(owed, "by_me") ? SQL_QUERY_OWED_BY : SQL_QUERY_OWED_TO, params, 8,
		   on_obligations, listing);
}
