/*
 * deliver.c - from facts to deliveries: the fact is the outbox.
 *
 * A round takes one authority's next facts in the order of its log, loads their placements a few at
 * a time, and writes all their deliveries together with the cursor in one statement under the
 * lease: a fact is told once, whoever dies when. The placement may be ahead of the fact, so words
 * come from the fact itself. A fact that cannot be read holds its authority up for a while, in case
 * a newer daemon can; then it is passed over with an error line. E-mails of a caseload wait until
 * all of it is told.
 */
#include <stdlib.h>

#include "figures.h"
#include "internal.h"
#include "message_document.h"
#include "queries.h"
#include "remind.h"
#include "stuck.h"

#define LOOK_EVERY_US US_PER_SECOND
#define LOADS_AT_ONCE 8

struct stream_load {
	struct teller *teller;
	struct uuid placement;
	bool is_home; /* then placement is the home, as this authority knows it */
	size_t first_row;
	int32_t last_seq; /* of the entries to be told of */
	struct stream_load *next;
};

/* What is done for one authority. Lives in the round's arena. */
struct round_of {
	struct uuid authority;
	int64_t from_index, to_index;
	int64_t blocked_index; /* the first fact that could not be read; NO_INT: none */
	const struct rows *facts;
	struct notice *notices;
	size_t notice_count;
	bool away;
};

struct teller {
	struct jobs *jobs;
	struct lease lease;
	struct alarm alarm;
	bool busy, again;
	struct arena *look; /* the list of authorities behind */
	const struct rows *behind;
	size_t at;
	struct arena *arena; /* of the round */
	struct round_of *round;
	struct stream_load *loads;
	size_t loading;
	struct stuck_list stuck;
	bool has_webhooks; /* anybody: else no documents for them are written */
};

enum behind_column { BEHIND_AUTHORITY, BEHIND_INDEX };
enum fact_column { LEAF_INDEX, STREAM, SEQ, STREAM_KIND, WEBHOOKS, TRACEPARENT };

static void next_authority(struct teller *teller);
static void load_more(struct teller *teller);

/* ---- a round's end ---- */

static void look_end(struct teller *teller)
{
	arena_free(teller->look);
	teller->look = NULL;
	teller->busy = false;
	if (!teller->jobs->stopping)
		alarm_set(&teller->alarm, teller->again ? 0 : LOOK_EVERY_US);
	teller->again = false;
	jobs_progress(teller->jobs);
	jobs_end(teller->jobs);
}

static void round_end(struct teller *teller)
{
	arena_free(teller->arena);
	teller->arena = NULL;
	teller->round = NULL;
	next_authority(teller);
}

static void on_told(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct teller *teller = context;
	struct jobs *jobs = teller->jobs;

	if (outcome == STORE_DONE && rows->count) {
		teller->again = true;
		figures_count_made(row_int(rows, 0, 1, 0), row_int(rows, 0, 2, 0));
		if (teller->round->blocked_index == NO_INT)
			stuck_over(&teller->stuck, teller->round->authority);
		homes_poke(jobs->homes);
		if (row_int(rows, 0, 2, 0))
			post_poke(jobs->post);
	}
	round_end(teller);
}

static void tell(struct teller *teller)
{
	struct round_of *round = teller->round;
	struct arena *arena = teller->arena;
	struct param params[7 + NOTICE_COLUMNS];

	if (round->away || round->to_index == round->from_index || !lease_is_held(&teller->lease)) {
		round_end(teller);
		return;
	}
	params[0] = param_uuid(arena, round->authority);
	params[1] = param_int(arena, round->from_index);
	params[2] = param_int(arena, round->to_index);
	params[3] = param_uuid(arena, teller->jobs->holder);
	params[4] = param_int(arena, teller->lease.term);
	params[5] = param_instant(arena, app_now_us(teller->jobs->app));
	params[6] = param_int(arena, teller->jobs->config->digest_hour);
	notices_to_params(teller->jobs, arena, round->notices, round->notice_count, params + 7);
	store_work(teller->jobs->store, arena, SQL_JOBS_TELL, params,
		   sizeof(params) / sizeof(params[0]), on_told, teller);
}

/* ---- words ---- */

/* The caseload that it came in with; zero: none. */
static struct uuid import_of(const struct placement *placement, const struct fact *fact)
{
	const struct record_existing_agreement *existing = fact->data;
	size_t next = (size_t)fact->seq;

	if (fact->kind == FACT_PLACEMENT_OPENED && next < placement->fact_count)
		return placement->facts[next]->kind == FACT_EXISTING_AGREEMENT_RECORDED
			       ? import_of(placement, placement->facts[next])
			       : (struct uuid){0};
	return fact->kind == FACT_EXISTING_AGREEMENT_RECORDED ? existing->import : (struct uuid){0};
}

static void note_fact(struct teller *teller, const struct placement *placement,
		      const struct fact *fact, size_t row)
{
	struct round_of *round = teller->round;
	struct text url = text_of(teller->jobs->config->public_url);

	for (size_t i = 0; i < placement->party_count; i++) {
		const struct party *party = &placement->parties[i];
		struct message message;
		struct notice *notice;

		if (!message_of_fact(teller->arena, url, placement, fact, party, &message))
			continue;
		notice = LIST_ADD(teller->arena, round->notices, round->notice_count);
		notice->placement = placement->id;
		notice->recipient = party->organisation;
		notice->sender = fact->organisation;
		notice->kind = fact_names[fact->kind];
		notice->is_owed = fact_is_owed(placement, fact, party);
		notice->leaf_index = row_int(round->facts, row, LEAF_INDEX, 0);
		notice->by_mail = !uuid_eq(fact->organisation, party->organisation);
		notice->import = import_of(placement, fact);
		if (!uuid_is_zero(notice->import) && fact->kind == FACT_PLACEMENT_OPENED)
			notice->by_mail = false; /* the next entry says it */
		notice->message = message;
		if (teller->has_webhooks)
			notice->document =
				document_of_fact(teller->jobs->app, teller->arena, placement, fact,
						 party, row_text(round->facts, row, TRACEPARENT));
	}
}

static void block(struct teller *teller, const struct stream_load *load)
{
	struct round_of *round = teller->round;
	int64_t leaf_index = row_int(round->facts, load->first_row, LEAF_INDEX, 0);

	if (stuck_at(&teller->stuck, round->authority, load->placement, leaf_index))
		return;
	if (round->blocked_index == NO_INT || leaf_index < round->blocked_index)
		round->blocked_index = leaf_index;
}

/* The row's entry, where it is of this stream and read; else 0. */
static size_t seq_of(const struct stream_load *load, size_t row, size_t read)
{
	const struct rows *facts = load->teller->round->facts;
	int64_t seq = row_int(facts, row, SEQ, 0);
	bool is_own = uuid_eq(row_uuid(facts, row, STREAM), load->placement);

	return is_own && seq >= 1 && (size_t)seq <= read ? (size_t)seq : 0;
}

static void note_all(const struct stream_load *load, const struct placement *placement)
{
	const struct rows *facts = load->teller->round->facts;
	size_t seq;

	for (size_t row = load->first_row; row < facts->count; row++)
		if ((seq = seq_of(load, row, placement->fact_count)))
			note_fact(load->teller, placement, placement->facts[seq - 1], row);
}

static void on_loaded(const struct loaded *loaded, void *context)
{
	struct stream_load *load = context;
	struct teller *teller = load->teller;

	teller->loading--;
	if (loaded->outcome != STORE_DONE)
		teller->round->away = true;
	else if (!loaded->placement)
		block(teller, load);
	else
		note_all(load, loaded->placement);
	load_more(teller);
}

static void add_home_notices(struct teller *teller, const struct home_read *read,
			     const struct home_fact *fact, size_t row)
{
	struct round_of *round = teller->round;
	struct notice both[HOME_TOLD];

	home_notices(teller->arena, text_of(teller->jobs->config->public_url), read, fact,
		     row_int(round->facts, row, LEAF_INDEX, 0), both);
	for (size_t i = 0; i < HOME_TOLD; i++) {
		if (teller->has_webhooks)
			both[i].document = document_of_home(
				teller->jobs->app, teller->arena, read, fact, both[i].recipient,
				row_text(round->facts, row, TRACEPARENT));
		*LIST_ADD(teller->arena, round->notices, round->notice_count) = both[i];
	}
}

static void on_home_loaded(const struct home_read *read, void *context)
{
	const struct stream_load *load = context;
	struct teller *teller = load->teller;
	const struct rows *facts = teller->round->facts;
	size_t seq;

	teller->loading--;
	if (read->outcome != STORE_DONE)
		teller->round->away = true;
	else if (!read->record)
		block(teller, load);
	for (size_t row = load->first_row; read->record && row < facts->count; row++)
		if ((seq = seq_of(load, row, read->record->fact_count)))
			add_home_notices(teller, read, read->record->facts[seq - 1], row);
	load_more(teller);
}

/* ---- a round ---- */

static int by_leaf(const void *a, const void *b)
{
	const struct notice *x = a, *y = b;

	return (x->leaf_index > y->leaf_index) - (x->leaf_index < y->leaf_index);
}

/* Only what stands before a fact that could not be read is told now. */
static void cut_at_block(struct round_of *round)
{
	size_t kept = 0;

	if (round->blocked_index == NO_INT)
		return;
	round->to_index = round->blocked_index;
	for (size_t i = 0; i < round->notice_count; i++)
		if (round->notices[i].leaf_index < round->blocked_index)
			round->notices[kept++] = round->notices[i];
	round->notice_count = kept;
}

static void load_more(struct teller *teller)
{
	static const struct uuid none;
	struct round_of *round = teller->round;
	struct stream_load *load;

	while (!round->away && teller->loading < LOADS_AT_ONCE && (load = teller->loads) != NULL) {
		struct loaded held;

		teller->loads = load->next;
		if (load->is_home) {
			teller->loading++;
			load_home(teller->jobs->app, teller->arena, round->authority,
				  load->placement, NEVER_US, on_home_loaded, load);
			continue;
		}
		/* What goes as far as the entries to be told of need not be read again. */
		if (load_held(teller->jobs->app, load->placement, &held) &&
		    held.placement->seq >= load->last_seq) {
			note_all(load, held.placement);
			continue;
		}
		teller->loading++;
		load_placement(teller->jobs->app, teller->arena, none, load->placement, none, none,
			       on_loaded, load);
	}
	if (teller->loading)
		return;
	teller->loads = NULL;
	cut_at_block(round);
	if (round->notice_count)
		qsort(round->notices, round->notice_count, sizeof(*round->notices), by_leaf);
	tell(teller);
}

static void list_streams(struct teller *teller)
{
	struct round_of *round = teller->round;
	struct stream_load **last = &teller->loads, *load;

	for (size_t row = 0; row < round->facts->count; row++) {
		struct uuid placement = row_uuid(round->facts, row, STREAM);
		bool is_home = text_is(row_text(round->facts, row, STREAM_KIND), "home");
		int32_t seq;

		if (!is_home && !text_is(row_text(round->facts, row, STREAM_KIND), "placement"))
			continue; /* nobody is told of the other streams */
		for (load = teller->loads; load; load = load->next)
			if (uuid_eq(load->placement, placement))
				break;
		seq = (int32_t)row_int(round->facts, row, SEQ, 0);
		if (load) {
			load->last_seq = seq; /* rows come by log index, and so in order */
			continue;
		}
		load = arena_make(teller->arena, struct stream_load);
		*load = (struct stream_load){teller, placement, is_home, row, seq, NULL};
		*last = load;
		last = &load->next;
	}
}

static void on_facts(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct teller *teller = context;
	struct round_of *round = teller->round;

	if (outcome != STORE_DONE || !rows->count) {
		round_end(teller);
		return;
	}
	round->facts = rows;
	teller->has_webhooks = row_bool(rows, 0, WEBHOOKS);
	round->to_index = row_int(rows, rows->count - 1, LEAF_INDEX, 0) + 1;
	list_streams(teller);
	load_more(teller);
}

static void next_authority(struct teller *teller)
{
	struct uuid authority;
	struct param params[2];

	for (; teller->at < teller->behind->count; teller->at++) {
		authority = row_uuid(teller->behind, teller->at, BEHIND_AUTHORITY);
		if (!stuck_waits(&teller->stuck, authority))
			break;
	}
	if (teller->at == teller->behind->count || !lease_is_held(&teller->lease)) {
		look_end(teller);
		return;
	}
	teller->arena = arena_new();
	teller->round = arena_make(teller->arena, struct round_of);
	teller->round->authority = authority;
	teller->round->from_index = row_int(teller->behind, teller->at++, BEHIND_INDEX, 0);
	teller->round->to_index = teller->round->from_index;
	teller->round->blocked_index = NO_INT;
	params[0] = param_uuid(teller->arena, authority);
	params[1] = param_int(teller->arena, teller->round->from_index);
	store_work(teller->jobs->store, teller->arena, SQL_JOBS_FACTS, params, 2, on_facts, teller);
}

static void on_behind(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct teller *teller = context;

	if (outcome != STORE_DONE) {
		look_end(teller);
		return;
	}
	teller->behind = rows;
	teller->at = 0;
	next_authority(teller);
}

static void on_released(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct teller *teller = context;

	(void)outcome; /* if not now, then at the next look */
	(void)rows;
	store_work(teller->jobs->store, teller->look, SQL_JOBS_BEHIND, NULL, 0, on_behind, teller);
}

static void look(void *context)
{
	struct teller *teller = context;
	struct jobs *jobs = teller->jobs;

	if (!jobs->running)
		return;
	lease_want(&teller->lease, true);
	alarm_set(&teller->alarm, LOOK_EVERY_US);
	if (!lease_is_held(&teller->lease) || !app_ready(jobs->app))
		return;
	if (teller->busy) {
		teller->again = true;
		return;
	}
	teller->busy = true;
	jobs_begin(jobs);
	teller->look = arena_new();
	store_work(jobs->store, teller->look, SQL_JOBS_RELEASE, NULL, 0, on_released, teller);
}

void teller_open(struct jobs *jobs)
{
	struct teller *teller = arena_make(jobs->arena, struct teller);

	teller->jobs = jobs;
	lease_open(&teller->lease, jobs, "deliver", look, teller);
	alarm_open(&teller->alarm, jobs, look, teller);
	jobs->teller = teller;
}

void teller_poke(struct teller *teller)
{
	if (teller->jobs->running)
		alarm_set(&teller->alarm, 0);
}

const struct lease *teller_lease(const struct teller *teller)
{
	return &teller->lease;
}

void teller_stop(struct teller *teller)
{
	alarm_clear(&teller->alarm);
	lease_want(&teller->lease, false);
}

void teller_close(struct teller *teller)
{
	lease_close(&teller->lease);
	alarm_close(&teller->alarm);
}
