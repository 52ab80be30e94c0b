/*
 * reviews.c - GET /v1/reviews: what is coming, due and overdue, and why each date is what it is.
 *
 * Which reviews a page holds comes from the columns that every move keeps. Why a date is what it is
 * no column says, so that the placements of a page are brought up to date by one statement and
 * asked.
 */
#include "read/reviews.h"

#include "call/page.h"
#include "concordat/app/log.h"
#include "concordat/app/parts.h"
#include "concordat/app/schemas.h"
#include "concordat/core/situation.h"
#include "concordat/wire/emit.h"
#include "queries.h"

#define INSTANT_MOST_US INT64_C(9000000000000000) /* in the year 2255 */
#define DUE_DAYS 28 /* what falls due within these is due; later, coming */

enum review_state { REVIEW_COMING, REVIEW_DUE, REVIEW_OVERDUE };
static const char *const state_words[] = {"coming", "due", "overdue", NULL};
static const char *const review_filters[] = {"state", "kind",	   "owner", "team",
					     "home",  "authority", "q",	    NULL};

enum column {
	ENTRY,
	N,
	PLACEMENT,
	SEQ,
	REFERENCE,
	DUTY,
	AUTHORITY,
	PROVIDER,
	HOME,
	OWNER,
	DUE_AT,
	MISSED_AT,
	REMINDER,
	REMINDED_AT,
	HOME_NAME,
	TEAM
};

struct item {
	struct review_row row;
	int32_t seq, n;
};

struct reviews {
	struct page page;
	struct call *call;
	int64_t now_us;
	struct item *items;
	size_t count, answered;
	struct text next[4];
	bool has_next;
};

static enum review_state state_of(const struct reviews *r, int64_t due_at_us)
{
	if (due_at_us < r->now_us)
		return REVIEW_OVERDUE;
	return london_day(due_at_us) - london_day(r->now_us) <= DUE_DAYS ? REVIEW_DUE
									 : REVIEW_COMING;
}

/* ---- why each date is what it is ---- */

static void explain(struct reviews *r, struct item *item, const struct loaded *loaded)
{
	const struct obligation *o =
		loaded->placement ? placement_obligation(loaded->placement, item->seq, item->n)
				  : NULL;
	struct due_explanation why;

	if (!o)
		return;
	item->row.due_day = o->due_day;
	if (o->nominal_day != o->due_day)
		item->row.nominal_day = o->nominal_day;
	why = due_explain(r->call->arena, settings_calendar(loaded->settings, o->calendar_version),
			  o->rule, o->anchor_us, o->pauses, o->pause_count);
	item->row.because = why.sentence;
}

static void answer(struct reviews *r)
{
	struct writer w;

	writer_init(&w, r->call->arena);
	emit_begin(&w, NULL, '[');
	for (size_t i = 0; i < r->count; i++)
		emit_struct(&w, NULL, &review_row_schema, &r->items[i].row, AUDIENCE_COMMISSIONER);
	emit_end(&w, ']');
	page_answer(&r->page, &w, r->has_next ? r->next : NULL);
}

static void explain_more(struct reviews *r);

static void on_loaded(const struct loaded *loaded, void *context)
{
	struct reviews *r = context;

	if (loaded->outcome != STORE_DONE) {
		call_store_fault(r->call, loaded->outcome);
		return;
	}
	if (!loaded->broken)
		explain(r, &r->items[r->answered], loaded);
	r->answered++;
	explain_more(r);
}

/* Those that are held, which after reading ahead is nearly always all. */
static void explain_more(struct reviews *r)
{
	static const struct uuid none;
	struct loaded held;

	for (; r->answered < r->count; r->answered++) {
		struct item *item = &r->items[r->answered];

		if (!load_held(r->call->app, item->row.placement, &held)) {
			load_placement(r->call->app, r->call->arena, r->call->caller.organisation,
				       item->row.placement, none, none, on_loaded, r);
			return;
		}
		explain(r, item, &held);
	}
	answer(r);
}

static void on_ahead(void *context)
{
	explain_more(context);
}

static void read_ahead(struct reviews *r)
{
	struct uuid *ids = arena_array(r->call->arena, struct uuid, r->count);
	size_t count = 0, known;

	for (size_t i = 0; i < r->count; i++) {
		for (known = 0; known < count; known++)
			if (uuid_eq(ids[known], r->items[i].row.placement))
				break;
		if (known == count)
			ids[count++] = r->items[i].row.placement;
	}
	load_ahead(r->call->app, r->call->arena, ids, count, on_ahead, r);
}

/* ---- the rows ---- */

const char *review_kind_of(struct text duty)
{
	for (int kind = 0; kind < REVIEW_KIND_COUNT; kind++)
		if (text_is(duty, duty_names[review_duty((enum review_kind)kind)]))
			return review_kind_names[kind];
	return NULL;
}

static struct log_told log_told(struct arena *arena, const struct log_head *head)
{
	if (!head)
		return (struct log_told){.size = NO_INT};
	return (struct log_told){
		.origin = text_copy(arena, head->origin),
		.size = head->size,
		.root = text_base64(arena, head->root.bytes, sizeof(head->root.bytes)),
	};
}

static void take_row(struct reviews *r, const struct rows *rows, size_t i)
{
	struct arena *arena = r->call->arena;
	struct text entry = row_text(rows, i, ENTRY), n = row_text(rows, i, N);
	struct text placement = row_text(rows, i, PLACEMENT);
	int64_t due_at_us = row_int(rows, i, DUE_AT, NEVER_US);
	struct item *item = &r->items[i];

	item->seq = (int32_t)row_int(rows, i, SEQ, 0);
	item->n = (int32_t)row_int(rows, i, N, 0);
	item->row = (struct review_row){
		.id = text_printf(arena, "%.*s.%.*s", TEXT_FMT(entry), TEXT_FMT(n)),
		.placement = row_uuid(rows, i, PLACEMENT),
		.authority = row_uuid(rows, i, AUTHORITY),
		.provider = row_uuid(rows, i, PROVIDER),
		.home = row_uuid(rows, i, HOME),
		.owner = row_uuid(rows, i, OWNER),
		.home_name = text_copy(arena, row_text(rows, i, HOME_NAME)),
		.team = text_copy(arena, row_text(rows, i, TEAM)),
		.reference = text_copy(arena, row_text(rows, i, REFERENCE)),
		.kind = text_of(review_kind_of(row_text(rows, i, DUTY))),
		.state = text_of(state_words[state_of(r, due_at_us)]),
		.due_at_us = due_at_us,
		.missed_at_us = row_int(rows, i, MISSED_AT, NEVER_US),
		.last_reminder = text_copy(arena, row_text(rows, i, REMINDER)),
		.last_reminder_at_us = row_int(rows, i, REMINDED_AT, NEVER_US),
		.due_day = NO_DAY,
		.nominal_day = NO_DAY,
		.due_words = instant_words(arena, due_at_us),
	};
	item->row.log = log_told(arena, log_head_of(r->call->app, item->row.authority));
	item->row.href = text_printf(arena, "/v1/placements/%.*s/obligations/%.*s",
				     TEXT_FMT(placement), TEXT_FMT(item->row.id));
	r->next[0] = text_printf(arena, "%lld", (long long)due_at_us);
	r->next[1] = text_copy(arena, placement);
	r->next[2] = text_copy(arena, entry);
	r->next[3] = text_copy(arena, n);
}

static void on_reviews(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct reviews *r = context;

	if (outcome != STORE_DONE) {
		call_store_fault(r->call, outcome);
		return;
	}
	r->now_us = app_now_us(r->call->app); /* an answer says what time it is there */
	r->has_next = rows->count > (size_t)r->page.limit;
	r->count = r->has_next ? (size_t)r->page.limit : rows->count;
	r->items = arena_array(r->call->arena, struct item, r->count);
	for (size_t i = 0; i < r->count; i++)
		take_row(r, rows, i);
	if (r->count)
		read_ahead(r);
	else
		answer(r);
}

/* ---- the query ---- */

struct param review_duties(struct arena *arena)
{
	struct text names[REVIEW_KIND_COUNT];

	for (int kind = 0; kind < REVIEW_KIND_COUNT; kind++)
		names[kind] = text_of(duty_names[review_duty((enum review_kind)kind)]);
	return param_array(arena, names, REVIEW_KIND_COUNT);
}

/* From and before which instant a review of that state is due. */
static void state_range(const struct reviews *r, struct text state, int64_t *from_us,
			int64_t *before_us)
{
	int64_t coming_us = london_instant(london_day(r->now_us) + DUE_DAYS + 1, 0, 0);

	*from_us = text_is(state, "due")      ? r->now_us
		   : text_is(state, "coming") ? coming_us
					      : NEVER_US;
	*before_us = text_is(state, "due")	 ? coming_us
		     : text_is(state, "overdue") ? r->now_us
						 : NEVER_US;
}

static bool cursor_is_sound(const struct page *page, int64_t *due_at_us)
{
	struct uuid stream;
	int64_t entry, n;

	return text_to_int(page->after[0], due_at_us) && *due_at_us > 0 &&
	       *due_at_us < INSTANT_MOST_US && uuid_parse(page->after[1], &stream) &&
	       text_to_int(page->after[2], &entry) && entry > 0 && entry < INT32_MAX &&
	       text_to_int(page->after[3], &n) && n > 0 && n < INT32_MAX;
}

void app_list_reviews(struct call *call)
{
	struct reviews *r = arena_make(call->arena, struct reviews);
	struct param *params = arena_array(call->arena, struct param, 15);
	struct text state = TEXT_NONE, kind = TEXT_NONE, part = TEXT_NONE, team = TEXT_NONE;
	struct uuid owner = {0}, home = {0}, authority = {0};
	int64_t from_us, before_us, after_us = NEVER_US;

	r->call = call;
	r->now_us = app_now_us(call->app);
	if (!query_word(call, "state", state_words, &state) ||
	    !query_word(call, "kind", review_kind_names, &kind) ||
	    !query_id(call, "owner", &owner) || !query_id(call, "home", &home) ||
	    !query_id(call, "authority", &authority) || !query_text(call, "q", 60, &part) ||
	    !query_text(call, "team", 60, &team) ||
	    !page_read(call, "reviews", review_filters, 4, &r->page))
		return;
	if (r->page.has_after && !cursor_is_sound(&r->page, &after_us)) {
		page_refuse(&r->page);
		return;
	}
	if (kind.at)
		kind = text_of(duty_names[review_duty(
			(enum review_kind)enum_parse(review_kind_names, kind))]);
	state_range(r, state, &from_us, &before_us);
	params[0] = param_uuid(call->arena, call->caller.organisation);
	params[1] = param_instant(call->arena, from_us);
	params[2] = param_instant(call->arena, before_us);
	params[3] = PARAM(kind);
	params[4] = param_uuid(call->arena, owner);
	params[5] = param_uuid(call->arena, home);
	params[6] = param_uuid(call->arena, authority);
	params[7] = review_duties(call->arena);
	params[8] = param_instant(call->arena, after_us);
	for (size_t i = 1; i < 4; i++)
		params[8 + i] = PARAM(r->page.after[i]);
	params[12] = page_most(&r->page);
	params[13] = PARAM(part);
	params[14] = PARAM(team);
	call_read(call, SQL_QUERY_REVIEWS, params, 15, on_reviews, r);
}
