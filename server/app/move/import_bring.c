/*
 * import_bring.c - the rows of a caseload decided, and then written.
 *
 * Each row is two moves, of which both are recorded in one append or neither: the placement is
 * opened and its existing agreement recorded. All rows are decided before any is written, at one
 * instant; so what was decided is what is written.
 */
#include <event2/event.h>
#include <openssl/crypto.h>

#include "held/effect.h"
#include "move/import.h"
#include "queries.h"

#define ROWS_A_TURN 25	/* decided before others have their turn */
#define WRITTEN_MOST 64 /* rows on their way at once: what two appends take */

/* A row on its way into the ledger. */
struct bringing {
	struct importing *import;
	struct import_row *row;
	struct arena *arena; /* its own */
	struct import_moves moves;
	struct append append;
};

static void look_at_next(struct importing *im);

bool import_is_to_do(const struct import_row *row)
{
	return !row->refusal.code && uuid_is_zero(row->placement);
}

/* ---- writing ---- */

static void break_off(struct importing *im, enum store_outcome outcome)
{
	im->broken_off = true;
	im->outcome = outcome;
}

static void brought(struct bringing *b)
{
	struct importing *im = b->import;

	arena_free(b->arena);
	im->on_way--;
	look_at_next(im);
}

static void on_appended(enum store_outcome outcome, int64_t first_leaf_index, void *context)
{
	struct bringing *b = context;

	(void)first_leaf_index;
	if (outcome == STORE_DONE) {
		b->row->placement = b->append.stream;
		b->row->reference = text_copy(b->import->call->arena, b->append.reference);
	} else {
		break_off(b->import, outcome);
	}
	brought(b);
}

static struct decision decide(const struct importing *im, struct arena *arena,
			      const struct import_moves *moves, struct uuid placement)
{
	const struct request first = {.move = MOVE_OPEN_PLACEMENT,
				      .data = moves->opening,
				      .thread = NO_INT,
				      .occurred_at_us = NEVER_US};
	const struct request second = {.move = MOVE_RECORD_EXISTING_AGREEMENT,
				       .data = moves->existing,
				       .thread = NO_INT,
				       .occurred_at_us = NEVER_US};

	return core_decide_both(arena, &im->adopted->world,
				placement_new(arena, im->actor.organisation, placement), &im->actor,
				&first, &second, im->call->received_us);
}

/* True when an append was begun. */
static bool append(struct bringing *b)
{
	struct importing *im = b->import;
	struct call *call = im->call;
	struct uuid id = uuid_new(call->received_us);
	struct decision decision = decide(im, b->arena, &b->moves, id);
	const struct placement *empty = placement_new(b->arena, im->actor.organisation, id);
	struct person_key key;
	struct text wrapped;

	if (decision.refused) {
		import_row_refuse(call->arena, &im->header, b->row, &decision.refusal);
		return false;
	}
	wrapped = person_key_new(call->app, b->arena, im->actor.organisation,
				 b->moves.opening->person, &key);
	OPENSSL_cleanse(&key, sizeof(key));
	if (effect_make(call->app, b->arena, &im->adopted->world, empty, decision.after,
			&decision.facts, wrapped, &b->append) != EFFECT_MADE) {
		break_off(im, STORE_BUG);
		return false;
	}
	b->append.from_time = true; /* behind what people wait for */
	b->append.key_user = call->caller.user;
	b->append.key = b->row->key;
	b->append.request = b->row->request;
	b->append.version = placement_party(decision.after, im->actor.organisation)->version;
	b->append.first_seq = 1;
	b->append.traceparent = call->traceparent;
	b->append.new_person_key = wrapped;
	store_append(call->app->store, &b->append, on_appended, b);
	return true;
}

static void on_number(enum store_outcome outcome, int64_t number, void *context)
{
	struct bringing *b = context;
	struct importing *im = b->import;
	bool sound;

	if (outcome != STORE_DONE || im->broken_off) {
		if (outcome != STORE_DONE)
			break_off(im, outcome);
		brought(b);
		return;
	}
	sound = import_row_moves(b->arena, im->call->arena, &im->header, b->row,
				 london_day(im->call->received_us), &b->moves);
	if (sound) {
		b->moves.opening->reference = reference_make(b->arena, "PL", number);
		b->moves.opening->person = uuid_new(im->call->received_us);
		b->moves.existing->import = im->id;
	}
	if (!sound || !append(b))
		brought(b);
}

static void bring(struct importing *im, struct import_row *row)
{
	struct arena *arena = arena_new();
	struct bringing *b = arena_make(arena, struct bringing);

	*b = (struct bringing){.import = im, .row = row, .arena = arena};
	im->on_way++;
	store_next_number(im->call->app->store, on_number, b);
}

static void on_over(enum store_outcome outcome, const struct rows *rows, void *context)
{
	(void)outcome; /* if not now, then in a while */
	(void)rows;
	import_end(context);
}

/* What is broken off goes on with the next try. */
static void tell_over(struct importing *im)
{
	struct param *id = arena_make(im->call->arena, struct param);

	if (im->broken_off) {
		import_end(im);
		return;
	}
	*id = param_uuid(im->call->arena, im->id);
	store_work(im->call->app->store, im->call->arena, SQL_IMPORT_OVER, id, 1, on_over, im);
}

/* As many as may be on their way; then the answer. */
static void look_at_next(struct importing *im)
{
	for (; im->next < im->count && im->on_way < WRITTEN_MOST && !im->broken_off; im->next++)
		if (import_is_to_do(&im->rows[im->next]))
			bring(im, &im->rows[im->next]);
	if (im->on_way)
		return;
	tell_over(im);
}

/* ---- deciding, before anything is written ---- */

static void look_at_row(struct importing *im, struct import_row *row)
{
	struct arena *arena = arena_new();
	struct import_moves moves;
	struct decision decision;

	if (import_row_moves(arena, im->call->arena, &im->header, row,
			     london_day(im->call->received_us), &moves)) {
		moves.opening->reference = TEXT("PL-1-1"); /* it has none yet */
		decision = decide(im, arena, &moves, im->call->key);
		if (decision.refused)
			import_row_refuse(im->call->arena, &im->header, row, &decision.refusal);
	}
	arena_free(arena);
}

static void on_begun(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct importing *im = context;

	(void)rows;
	if (outcome != STORE_DONE)
		break_off(im, outcome);
	look_at_next(im);
}

static void tell_begun(struct importing *im)
{
	struct param *params = arena_array(im->call->arena, struct param, 2);

	params[0] = param_uuid(im->call->arena, im->id);
	params[1] = param_uuid(im->call->arena, im->actor.organisation);
	store_work(im->call->app->store, im->call->arena, SQL_IMPORT_BEGIN, params, 2, on_begun,
		   im);
}

void on_import_turn(evutil_socket_t socket, short what, void *context)
{
	static const struct timeval soon = {0, 1};
	struct importing *im = context;
	size_t last = im->next + ROWS_A_TURN;

	(void)socket;
	(void)what;
	for (; im->next < im->count && im->next < last; im->next++)
		if (import_is_to_do(&im->rows[im->next]))
			look_at_row(im, &im->rows[im->next]);
	if (im->next < im->count) {
		evtimer_add(im->turn, &soon);
		return;
	}
	im->next = 0;
	if (im->all && import_count(im, true)) {
		import_end(im);
		return;
	}
	im->decided = true;
	tell_begun(im);
}

void import_decide(struct importing *im)
{
	on_import_turn(-1, 0, im);
}
