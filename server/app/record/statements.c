/*
 * statements.c - GET /v1/statements: what is due for a time over all placements of a party.
 *
 * A line is what was charged for the nights of the time, each as it was known by its own day, and
 * what was put right within the time for earlier nights. So a statement once made never changes,
 * and statements in a row come to the account. A page is worked in chunks: each is brought up to
 * date by one statement to the database, and other calls have their turn between two of them.
 */
#include "call/csv.h"
#include "call/page.h"
#include "concordat/wire/emit.h"
#include "queries.h"
#include "view/account.h"

#define CHUNK 32

static const char *const statement_filters[] = {"from", "to", "home", NULL};

struct placed {
	struct uuid placement, authority, home;
};

struct statement {
	struct page page;
	struct call *call;
	int32_t from_day, to_day;
	struct placed *placed;
	size_t count, done, ahead; /* placements; worked out; brought up to date */
	bool more;
	struct writer items;
};

/* ---- one placement ---- */

/* What was put right within the time. */
static struct amounts put_right(const struct statement *s, const struct account *account)
{
	const struct account_adjustment *list = account->adjustments.items;
	struct amounts sum = {0};

	for (size_t i = 0; i < account->adjustments.count; i++) {
		if (list[i].paid_day < s->from_day || list[i].paid_day > s->to_day)
			continue;
		sum.total_p += list[i].difference.total_p;
		sum.payers |= list[i].difference.payers;
		for (int funder = 0; funder < FUNDER_COUNT; funder++)
			sum.by_p[funder] += list[i].difference.by_p[funder];
	}
	return sum;
}

static void put_lines(struct writer *w, const struct statement_row *row)
{
	const struct account_share *share = row->by_payer.items;
	struct arena *arena = w->arena;

	for (size_t i = 0; i < row->by_payer.count; i++) {
		csv_text(w, row->reference);
		csv_text(w, uuid_text(arena, row->placement));
		csv_text(w, row->authority_name);
		csv_text(w, uuid_text(arena, row->authority));
		csv_text(w, uuid_is_zero(row->home) ? TEXT_NONE : uuid_text(arena, row->home));
		csv_text(w, text_of(funder_names[share[i].funder]));
		csv_int(w, row->nights);
		csv_money(w, share[i].charged_p);
		csv_money(w, share[i].adjusted_p);
		csv_money(w, share[i].due_p);
		csv_end(w);
	}
}

static struct uuid paid_last(const struct account *account)
{
	const struct account_period *periods = account->periods.items;

	return account->periods.count ? periods[account->periods.count - 1].provider
				      : (struct uuid){0};
}

static void put_row(struct statement *s, const struct placed *placed, const struct loaded *loaded,
		    const struct party *party)
{
	struct arena *arena = s->call->arena;
	struct account_question question = {
		.known_at_us = INT64_MAX, .from_day = s->from_day, .to_day = s->to_day};
	struct account nights, ever;
	struct amounts right, due;
	struct statement_row row;

	if (!account_provider_seen(party, &question.provider))
		return;
	question.payer = account_payer_seen(party);
	account_work(arena, loaded->placement, &question, &nights);
	question.from_day = NO_DAY;
	account_work(arena, loaded->placement, &question, &ever);
	right = put_right(s, &ever);
	if (!nights.charged.payers && !right.payers)
		return;
	due = nights.charged;
	due.total_p += right.total_p;
	due.payers |= right.payers;
	for (int funder = 0; funder < FUNDER_COUNT; funder++)
		due.by_p[funder] += right.by_p[funder];
	row = (struct statement_row){
		.placement = placed->placement,
		.authority = placed->authority,
		.provider = paid_last(&nights),
		.home = placed->home,
		.reference = loaded->placement->opening->reference,
		.authority_name = loaded->settings->name,
		.nights = nights.nights,
		.charged_p = nights.charged.total_p,
		.adjusted_p = right.total_p,
		.due_p = due.total_p,
		.by_payer = account_shares(arena, account_payers_seen(party),
					   &(struct share_amounts){.charged = &nights.charged,
								   .adjusted = &right,
								   .due = &due}),
	};
	if (csv_is_wanted(s->call))
		put_lines(&s->items, &row);
	else
		emit_struct(&s->items, NULL, &statement_row_schema, &row, AUDIENCE_COMMISSIONER);
}

/* ---- one after the other ---- */

static void answer(struct statement *s)
{
	struct text last = uuid_text(s->call->arena, s->count ? s->placed[s->count - 1].placement
							      : (struct uuid){0});

	if (csv_is_wanted(s->call)) {
		csv_answer(s->call, writer_text(&s->items), "statement",
			   s->more ? page_next(&s->page, &last) : TEXT_NONE);
		return;
	}
	emit_end(&s->items, ']');
	page_answer(&s->page, &s->items, s->more ? &last : NULL);
}

static void take(struct statement *s, const struct loaded *loaded)
{
	const struct placed *placed = &s->placed[s->done++];
	const struct party *party;
	struct actor actor;

	if (loaded->placement && access_actor(loaded->placement, &s->call->caller, &actor, &party))
		put_row(s, placed, loaded, party);
}

static void work_on(struct statement *s);

static void on_loaded(const struct loaded *loaded, void *context)
{
	struct statement *s = context;

	if (loaded->outcome != STORE_DONE) {
		call_store_fault(s->call, loaded->outcome);
		return;
	}
	if (loaded->broken) {
		call_problem(s->call, 503, "placement_unreadable",
			     TEXT("A placement of this statement cannot be read as it is recorded. "
				  "It has been reported; ask for the others by home."));
		return;
	}
	take(s, loaded);
	work_on(s);
}

static void on_ahead(void *context)
{
	work_on(context);
}

static void read_ahead(struct statement *s)
{
	struct uuid *ids = arena_array(s->call->arena, struct uuid, CHUNK);
	size_t count = 0;

	for (; count < CHUNK && s->ahead < s->count; s->ahead++)
		ids[count++] = s->placed[s->ahead].placement;
	load_ahead(s->call->app, s->call->arena, ids, count, on_ahead, s);
}

/* Those of the chunk that are held, which after reading ahead is nearly always all. */
static void work_on(struct statement *s)
{
	static const struct uuid none;
	struct loaded held;

	while (s->done < s->ahead) {
		if (!load_held(s->call->app, s->placed[s->done].placement, &held)) {
			load_placement(s->call->app, s->call->arena, s->call->caller.organisation,
				       s->placed[s->done].placement, none, none, on_loaded, s);
			return;
		}
		take(s, &held);
	}
	if (s->done < s->count)
		read_ahead(s);
	else
		answer(s);
}

static void on_placements(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct statement *s = context;

	if (outcome != STORE_DONE) {
		call_store_fault(s->call, outcome);
		return;
	}
	s->more = rows->count > (size_t)s->page.limit;
	s->count = s->more ? (size_t)s->page.limit : rows->count;
	s->placed = arena_array(s->call->arena, struct placed, s->count);
	for (size_t i = 0; i < s->count; i++)
		s->placed[i] = (struct placed){row_uuid(rows, i, 0), row_uuid(rows, i, 1),
					       row_uuid(rows, i, 2)};
	work_on(s);
}

/* ---- the call ---- */

static bool read_days(struct statement *s)
{
	struct call *call = s->call;

	s->from_day = s->to_day = NO_DAY;
	if (!query_day(call, "from", &s->from_day) || !query_day(call, "to", &s->to_day))
		return false;
	if (s->from_day == NO_DAY) {
		query_refuse(call, "from", TEXT("Give the first day of the time."));
		return false;
	}
	if (s->to_day == NO_DAY || s->to_day < s->from_day) {
		query_refuse(call, "to",
			     TEXT("Give the last day of the time, not before the first."));
		return false;
	}
	return true;
}

void app_list_statements(struct call *call)
{
	struct statement *s = arena_make(call->arena, struct statement);
	struct param *params = arena_array(call->arena, struct param, 4);
	struct uuid home = {0}, last = {0};

	s->call = call;
	if (!read_days(s) || !query_id(call, "home", &home) ||
	    !page_read(call, "statements", statement_filters, 1, &s->page))
		return;
	if (s->page.has_after && !uuid_parse(s->page.after[0], &last)) {
		page_refuse(&s->page);
		return;
	}
	writer_init(&s->items, call->arena);
	if (csv_is_wanted(call))
		writer_puts(&s->items,
			    "reference,placement,authority,authority_id,home,payer,nights,"
			    "charged,adjusted,due\r\n");
	else
		emit_begin(&s->items, NULL, '[');
	params[0] = param_uuid(call->arena, call->caller.organisation);
	params[1] = PARAM(uuid_text(call->arena, last)); /* at first behind zero, nobody's */
	params[2] = param_uuid(call->arena, home);
	params[3] = page_most(&s->page);
	call_read(call, SQL_QUERY_STATEMENT, params, 4, on_placements, s);
}
