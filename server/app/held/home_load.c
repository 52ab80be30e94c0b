/*
 * home_load.c - one authority's record of a home for the service itself, and an entry of it as the
 * one append that records it.
 *
 * Without its texts, which only who looks at the home is shown.
 */
#include <sodium.h>

#include "held/effect.h"
#include "internal.h"
#include "move/homes.h"
#include "queries.h"

#include "concordat/base/report.h"
#include "concordat/wire/fact.h"

struct home_load {
	struct app *app;
	struct arena *arena;
	struct uuid authority, home;
	int64_t known_us;
	const struct rows *rows;
	void (*on_loaded)(const struct home_read *read, void *context);
	void *context;
};

enum column { PROVIDER, NAME, SEQ, AT, HASH, BODY };

/* NULL and *why when it cannot be folded. */
static struct home_record *fold_rows(const struct home_load *load, struct text *why)
{
	struct home_record *record = home_record_new(load->arena, load->authority, load->home);
	const struct rows *rows = load->rows;
	struct digest leaf_hash;
	struct home_fact *fact;

	for (size_t row = 0; row < rows->count; row++) {
		if (row_is_null(rows, row, SEQ) || row_int(rows, row, AT, 0) > load->known_us)
			break;
		*why = TEXT("its leaf hash is not 32 bytes");
		if (!row_digest(rows, row, HASH, &leaf_hash))
			return NULL;
		fact = home_fact_decode(load->arena, (int32_t)row_int(rows, row, SEQ, 0),
					row_int(rows, row, AT, 0), &leaf_hash,
					row_text(rows, row, BODY), why);
		if (!fact)
			return NULL;
		*why = TEXT("it does not follow on the entries before it");
		if (!home_apply(record, fact))
			return NULL;
	}
	return record;
}

static void on_settings(enum store_outcome outcome, const struct authority_settings *adopted,
			void *context)
{
	const struct home_load *load = context;
	struct home_read read = {.outcome = outcome, .settings = adopted};
	struct text why = TEXT("its authority's settings are not loaded");

	if (outcome == STORE_DONE && load->rows->count) {
		read.provider = row_uuid(load->rows, 0, PROVIDER);
		read.name = row_text(load->rows, 0, NAME);
		read.record = adopted ? fold_rows(load, &why) : NULL;
	}
	read.broken = outcome == STORE_DONE && load->rows->count && !read.record;
	if (read.broken)
		report(REPORT_ERROR, "app", "A home's record cannot be folded", "home",
		       text_cstr(load->arena, uuid_text(load->arena, load->home)), "why",
		       text_cstr(load->arena, why), NULL);
	load->on_loaded(&read, load->context);
}

static void on_rows(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct home_load *load = context;

	load->rows = rows;
	if (outcome == STORE_DONE)
		reference_authority(load->app, load->authority, on_settings, load);
	else
		load->on_loaded(&(struct home_read){.outcome = outcome}, load->context);
}

void load_home(struct app *app, struct arena *arena, struct uuid authority, struct uuid home,
	       int64_t known_us, void (*on_loaded)(const struct home_read *read, void *context),
	       void *context)
{
	struct home_load *load = arena_make(arena, struct home_load);
	struct param *params = arena_array(arena, struct param, 2);

	*load = (struct home_load){app, arena, authority, home, known_us, NULL, on_loaded, context};
	params[0] = param_uuid(arena, authority);
	params[1] = param_uuid(arena, home);
	store_work(app->store, arena, SQL_HOMES_RECORD, params, 2, on_rows, load);
}

void home_told(const struct home_read *read, struct home_told told[HOME_TOLD])
{
	told[0] = (struct home_told){SIDE_COMMISSIONER, read->record->authority};
	told[1] = (struct home_told){SIDE_PROVIDER, read->provider};
}

/* ---- an entry ---- */

static struct home_record *record_with(struct arena *arena, const struct home_record *before,
				       const struct home_fact *fact)
{
	struct home_record *after = home_record_new(arena, before->authority, before->home);
	bool folded = true;

	for (size_t i = 0; i < before->fact_count; i++)
		folded = home_apply(after, before->facts[i]) && folded;
	return home_apply(after, fact) && folded ? after : NULL;
}

void home_effect_due(struct arena *arena, const struct world *world,
		     const struct home_record *after, struct uuid provider, struct append *append)
{
	struct append_obligation *rows = NULL;

	for (size_t i = 0; i < after->owed_count; i++) {
		const struct obligation *due = &after->owed[i].due;

		if (due->changed_entry < after->seq)
			continue;
		*LIST_ADD(arena, rows, append->obligation_count) = (struct append_obligation){
			.seq = due->entry,
			.n = due->n,
			.kind = text_of(duty_names[due->duty]),
			.owed_by = text_of(side_names[due->owed_by]),
			.state = text_of(obligation_state_names[due->state]),
			.owed_by_id = due->owed_by == SIDE_PROVIDER ? provider : after->authority,
			.provider_entry = due->entry,
			.changed_entry = due->changed_entry,
			.due_at_us = due->due_at_us,
			.next_at_us = obligation_next_us(world, due, after->recorded_at_us),
			.missed_at_us = due->missed_at_us,
			.closed_at_us = due->closed_at_us,
			.not_served_us = NEVER_US,
		};
	}
	append->obligations = rows;
}

bool home_effect_make(struct arena *arena, const struct world *world,
		      const struct home_record *before, const struct home_fact *fact,
		      struct uuid provider, struct append *append)
{
	const struct fact heading = {.seq = fact->seq, .recorded_at_us = fact->recorded_at_us};
	struct append_fact *row = arena_make(arena, struct append_fact);
	struct home_record *after = record_with(arena, before, fact);

	if (!after)
		return false;
	randombytes_buf(row->nonce, sizeof(row->nonce));
	row->seq = fact->seq;
	row->kind = text_of(home_fact_names[fact->kind]);
	row->body = home_fact_body(arena, fact);
	row->header = fact_header(arena, before->authority, before->home, &heading,
				  &before->last_header, row->nonce, row->body);
	row->leaf_hash = leaf_of(row->header);
	row->occurred_at_us = fact->occurred_at_us;
	row->actor = fact->actor.user;
	*append = (struct append){
		.authority = before->authority,
		.stream = before->home,
		.stream_kind = TEXT("home"),
		.expected_seq = before->seq,
		.recorded_at_us = fact->recorded_at_us,
		.facts = row,
		.fact_count = 1,
		.from_time = fact->actor.side == SIDE_TIME,
	};
	home_effect_due(arena, world, after, provider, append);
	return true;
}

/* ---- what falls due in it ---- */

#define ROUNDS_MOST 40 /* each records one thing, or was overtaken */

struct home_settling {
	struct app *app;
	struct arena *arena; /* its own */
	struct uuid authority, home;
	void (*on_done)(enum store_outcome outcome, bool appended, void *context);
	void *context;
	struct append append;
	bool appended;
	int rounds;
};

static void go_round(struct home_settling *s);

static void settling_end(struct home_settling *s, enum store_outcome outcome)
{
	struct arena *arena = s->arena;

	s->on_done(outcome, s->appended, s->context);
	arena_free(arena);
}

static void on_appended(enum store_outcome outcome, int64_t first_leaf_index, void *context)
{
	struct home_settling *s = context;

	(void)first_leaf_index;
	s->appended |= outcome == STORE_DONE;
	if ((outcome == STORE_DONE || outcome == STORE_MOVED_ON) && ++s->rounds < ROUNDS_MOST)
		go_round(s);
	else
		settling_end(s, outcome);
}

static void on_read(const struct home_read *read, void *context)
{
	struct home_settling *s = context;
	int64_t now_us = app_now_us(s->app);
	struct home_world world;
	struct home_fact *fact;

	if (!read->record) {
		settling_end(s, read->broken ? STORE_BUG : read->outcome);
		return;
	}
	if (now_us <= read->record->recorded_at_us)
		now_us = read->record->recorded_at_us + 1;
	world = (struct home_world){.of = &read->settings->world};
	fact = home_due(s->arena, &world, read->record, now_us);
	if (!fact)
		settling_end(s, STORE_DONE);
	else if (!home_effect_make(s->arena, world.of, read->record, fact, read->provider,
				   &s->append))
		settling_end(s, STORE_BUG);
	else
		store_append(s->app->store, &s->append, on_appended, s);
}

static void go_round(struct home_settling *s)
{
	load_home(s->app, s->arena, s->authority, s->home, NEVER_US, on_read, s);
}

void app_settle_home(struct app *app, struct uuid authority, struct uuid home,
		     void (*on_done)(enum store_outcome outcome, bool appended, void *context),
		     void *context)
{
	struct arena *arena = arena_new();
	struct home_settling *s = arena_make(arena, struct home_settling);

	*s = (struct home_settling){
		.app = app,
		.arena = arena,
		.authority = authority,
		.home = home,
		.on_done = on_done,
		.context = context,
	};
	go_round(s);
}
