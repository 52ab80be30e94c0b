/*
 * erasure.c - a move in a person's own record: holds, the erasure, and the erasure again.
 *
 * Read, decide, write the list, append; where somebody was quicker, once more from the start. What
 * an append without an answer came to is read from the record: it stands there or it does not.
 */
#include "concordat/app/erasure.h"

#include <sodium.h>

#include "concordat/base/report.h"
#include "concordat/wire/fact.h"
#include "held/effect.h"
#include "queries.h"
#include "record/erasure_list.h"

#define ROUNDS_MOST 20

enum column {
	PERSON,
	HAS_KEY,
	PLACEMENTS,
	RUNNING,
	LAST_ENTRY,
	TEXTS,
	DOCUMENTS,
	SEQ,
	AT,
	HASH,
	BODY
};

struct moving {
	struct store *store;
	const struct config *config;
	struct arena *arena;
	const struct person_request *request;
	person_done_cb on_done;
	void *context;
	struct erasure_list list;
	struct uuid person;
	struct person_record record;
	struct person_standing standing;
	struct append append;
	int rounds;
};

static void go_round(struct moving *m);

static void end(struct moving *m, bool done, struct text said)
{
	erasure_list_close(&m->list);
	m->on_done(done, said, m->context);
}

/* ---- reading ---- */

static bool fold_rows(struct moving *m, const struct rows *rows, struct text *why)
{
	person_record_clear(&m->record);
	for (size_t row = 0; row < rows->count && !row_is_null(rows, row, SEQ); row++) {
		struct person_fact *fact;
		struct digest leaf;

		*why = TEXT("its leaf hash is not 32 bytes");
		if (!row_digest(rows, row, HASH, &leaf))
			return false;
		fact = person_fact_decode(m->arena, (int32_t)row_int(rows, row, SEQ, 0),
					  row_int(rows, row, AT, 0), &leaf,
					  row_text(rows, row, BODY), why);
		if (!fact)
			return false;
		*why = TEXT("it does not follow on the entries before it");
		if (!person_apply(&m->record, fact))
			return false;
	}
	return true;
}

static void take_standing(struct moving *m, const struct rows *rows)
{
	m->person = row_uuid(rows, 0, PERSON);
	m->standing = (struct person_standing){
		.has_key = row_bool(rows, 0, HAS_KEY),
		.listed = erasure_list_has(&m->list, m->request->authority, m->person),
		.placements = row_int(rows, 0, PLACEMENTS, 0),
		.running = row_text(rows, 0, RUNNING),
		.last_entry_us = row_int(rows, 0, LAST_ENTRY, 0),
		.records = row_int(rows, 0, TEXTS, 0) + row_int(rows, 0, DOCUMENTS, 0),
		.years = m->config->retention_years,
	};
}

/* ---- writing ---- */

static void make_append(struct moving *m, const struct person_fact *fact)
{
	const struct fact heading = {.seq = fact->seq, .recorded_at_us = fact->recorded_at_us};
	struct append_fact *row = arena_make(m->arena, struct append_fact);

	randombytes_buf(row->nonce, sizeof(row->nonce));
	row->seq = fact->seq;
	row->kind = text_of(person_fact_names[fact->kind]);
	row->body = person_fact_body(m->arena, fact);
	row->header = fact_header(m->arena, m->request->authority, m->person, &heading,
				  &m->record.last_header, row->nonce, row->body);
	row->leaf_hash = leaf_of(row->header);
	row->occurred_at_us = fact->occurred_at_us;
	m->append = (struct append){
		.authority = m->request->authority,
		.stream = m->person,
		.stream_kind = TEXT("person"),
		.expected_seq = m->record.seq,
		.recorded_at_us = fact->recorded_at_us,
		.facts = row,
		.fact_count = 1,
	};
	if (fact->kind == PERSON_ERASED)
		m->append.erased = m->person;
}

static struct text done_words(struct moving *m, bool only_look)
{
	struct text id = uuid_text(m->arena, m->person);

	switch (m->request->asked.kind) {
	case PERSON_HOLD_PLACED:
		return text_printf(m->arena,
				   only_look ? "A legal hold would be placed on %.*s."
					     : "A legal hold stands on %.*s. Its number is %d.",
				   TEXT_FMT(id), m->record.seq + 1);
	case PERSON_HOLD_RELEASED:
		return text_printf(m->arena,
				   only_look ? "The legal hold on %.*s would be released."
					     : "The legal hold on %.*s is released.",
				   TEXT_FMT(id));
	case PERSON_ERASED:
	case PERSON_FACT_COUNT:
		break;
	}
	return text_printf(m->arena,
			   only_look ? "The record of %.*s would be erased: %lld texts and "
				       "documents, of %lld placements. Nothing was done.%s"
				     : "The record of %.*s is erased: %lld texts and documents, of "
				       "%lld placements. What was recorded stays, and still "
				       "verifies.%s",
			   TEXT_FMT(id), (long long)m->standing.records,
			   (long long)m->standing.placements,
			   m->config->log_dir[0]
				   ? ""
				   : " log_dir is not set, so no list is kept: after a backup is "
				     "put back, this must be done again by hand.");
}

static void on_appended(enum store_outcome outcome, int64_t first_leaf_index, void *context)
{
	struct moving *m = context;

	(void)first_leaf_index;
	if (outcome == STORE_DONE)
		end(m, true, done_words(m, false));
	else if (outcome == STORE_MOVED_ON && m->rounds < ROUNDS_MOST)
		go_round(m);
	else if (outcome == STORE_UNKNOWN)
		end(m, false,
		    TEXT("The connection to the database was lost, and whether this was recorded "
			 "is not known. Give the command again: it says how things stand."));
	else
		end(m, false,
		    text_printf(m->arena, "The database did not take it (%s). Try again.",
				store_outcome_names[outcome]));
}

/* Whoever is to be erased stands in the list before anything is destroyed. */
static bool is_listed(struct moving *m, int64_t now_us, struct text *why)
{
	return m->request->asked.kind != PERSON_ERASED || m->request->asked.replayed ||
	       m->list.fd < 0 || m->standing.listed ||
	       erasure_list_add(&m->list, m->config, m->arena, m->request->authority, m->person,
				now_us, why);
}

static void decide(struct moving *m)
{
	int64_t now_us = store_now_us(m->store);
	struct refusal refusal = {0};
	struct person_fact *fact;
	struct text why;

	if (now_us <= m->record.recorded_at_us)
		now_us = m->record.recorded_at_us + 1;
	fact = person_decide(m->arena, &m->record, &m->standing, &m->request->asked, now_us,
			     &refusal);
	if (!fact) {
		end(m, false, refusal.sentence);
	} else if (m->request->only_look) {
		end(m, true, done_words(m, true));
	} else if (!is_listed(m, now_us, &why)) {
		end(m, false, why);
	} else {
		make_append(m, fact);
		store_append(m->store, &m->append, on_appended, m);
	}
}

static void on_rows(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct moving *m = context;
	struct text why = TEXT_NONE;

	if (outcome != STORE_DONE) {
		end(m, false,
		    text_printf(m->arena, "The person's record cannot be read (%s). Try again.",
				store_outcome_names[outcome]));
	} else if (!rows->count) {
		end(m, false,
		    TEXT("No placement of this authority is about such a person. Check the ids, or "
			 "the reference."));
	} else if (!fold_rows(m, rows, &why)) {
		end(m, false,
		    text_printf(m->arena,
				"The person's own record cannot be folded: %.*s. Look with "
				"concordatd verify.",
				TEXT_FMT(why)));
	} else {
		take_standing(m, rows);
		if (m->request->asked.replayed && !m->standing.has_key && !m->standing.records)
			end(m, true, TEXT_NONE); /* by another daemon, meanwhile */
		else
			decide(m);
	}
}

static void go_round(struct moving *m)
{
	struct param *params = arena_array(m->arena, struct param, 3);

	m->rounds++;
	params[0] = param_uuid(m->arena, m->request->authority);
	params[1] = param_uuid(m->arena, m->request->person);
	params[2] = PARAM(m->request->reference);
	store_work(m->store, m->arena, SQL_ERASURE_PERSON, params, 3, on_rows, m);
}

static struct moving *moving_new(struct store *store, const struct config *config,
				 struct arena *arena, const struct person_request *request,
				 person_done_cb on_done, void *context)
{
	struct moving *m = arena_make(arena, struct moving);

	*m = (struct moving){
		.store = store,
		.config = config,
		.arena = arena,
		.request = request,
		.on_done = on_done,
		.context = context,
		.list = {.fd = -1},
	};
	return m;
}

void person_record_move(struct store *store, const struct config *config, struct arena *arena,
			const struct person_request *request, person_done_cb on_done, void *context)
{
	struct moving *m = moving_new(store, config, arena, request, on_done, context);
	struct text why;

	if (erasure_list_open(config, arena, true, &m->list, &why))
		go_round(m);
	else
		end(m, false, why);
}

/* ---- after a restore, or a cut ---- */

struct replay {
	struct store *store;
	const struct config *config;
	struct arena *arena;
	person_done_cb on_done;
	void *context;
	struct erasure_list list;
	const struct rows *left;
	size_t next;
	struct person_request request;
};

static void replay_next(struct replay *r);

static void on_replayed(bool done, struct text said, void *context)
{
	struct replay *r = context;

	if (done)
		replay_next(r);
	else
		r->on_done(false, said, r->context);
}

static void replay_next(struct replay *r)
{
	if (r->next == r->left->count) {
		if (r->next)
			report(REPORT_WARNING, "app",
			       "People in the list of erasures could be read again and were erased",
			       "count", text_printf(r->arena, "%zu", r->next).at, NULL);
		r->on_done(true, TEXT_NONE, r->context);
		return;
	}
	r->request = (struct person_request){
		.authority = row_uuid(r->left, r->next, 0),
		.person = row_uuid(r->left, r->next, 1),
		.asked = {.kind = PERSON_ERASED,
			  .grounds = TEXT("in the list of erasures"),
			  .hold = NO_INT,
			  .replayed = true},
	};
	r->next++;
	go_round(moving_new(r->store, r->config, r->arena, &r->request, on_replayed, r));
}

static void on_left(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct replay *r = context;

	if (outcome == STORE_DONE) {
		r->left = rows;
		replay_next(r);
		return;
	}
	r->on_done(false,
		   text_printf(r->arena,
			       "Whether everybody in the list of erasures is erased cannot be read "
			       "from the database (%s), so the service does not open.",
			       store_outcome_names[outcome]),
		   r->context);
}

void erasures_replay(struct store *store, const struct config *config, struct arena *arena,
		     person_done_cb on_done, void *context)
{
	struct replay *r = arena_make(arena, struct replay);
	struct param *params = arena_array(arena, struct param, 2);
	struct text *authorities, *people, why;

	*r = (struct replay){
		.store = store,
		.config = config,
		.arena = arena,
		.on_done = on_done,
		.context = context,
	};
	if (!erasure_list_open(config, arena, false, &r->list, &why)) {
		on_done(false, why, context);
		return;
	}
	erasure_list_close(&r->list);
	authorities = arena_array(arena, struct text, r->list.count);
	people = arena_array(arena, struct text, r->list.count);
	for (size_t i = 0; i < r->list.count; i++) {
		authorities[i] = uuid_text(arena, r->list.lines[i].authority);
		people[i] = uuid_text(arena, r->list.lines[i].person);
	}
	if (!r->list.count) {
		on_done(true, TEXT_NONE, context);
		return;
	}
	params[0] = param_array(arena, authorities, r->list.count);
	params[1] = param_array(arena, people, r->list.count);
	store_work(store, arena, SQL_ERASURE_LEFT, params, 2, on_left, r);
}
