/*
 * import.c - POST /v1/placements/import: a caseload that already runs, a row a placement.
 *
 * Each row is two moves, of which both are recorded in one append or neither: the placement is
 * opened and its existing agreement recorded. Every row has a key of its own, made of the call's
 * and of its number, so that a repeat of the call, after whatever broke it off, goes on where it
 * ended. All rows are decided before any is written, at one instant; so what was decided is what is
 * written.
 */
#include <event2/event.h>
#include <openssl/crypto.h>
#include <string.h>

#include "concordat/app/schemas.h"
#include "concordat/wire/emit.h"
#include "effect.h"
#include "import.h"
#include "page.h"
#include "queries.h"
#include "tell.h"

#define CSV_TYPE "text/csv"
#define ROWS_MOST 10000
#define IMPORTS_MOST 2	/* at once: each keeps half a core busy */
#define ROWS_A_TURN 25	/* decided before others have their turn */
#define WRITTEN_MOST 64 /* rows on their way at once: what two appends take */
#define RETRY_S 5
#define ERRORS_MOST 1000 /* told of in one problem */

const char *const app_import_types[] = {CSV_TYPE, NULL};
static const char *const modes[] = {"all", "good", NULL};

struct importing {
	struct call *call;
	struct actor actor;
	const struct authority_settings *adopted;
	struct event *turn;
	bool all; /* none goes in when one is refused */
	struct import_header header;
	struct text header_whole;
	struct import_row *rows;
	size_t count, next; /* the next one to look at */
	size_t on_way;	    /* appends and numbers that are waited for */
	size_t known;	    /* that were in before this call */
	bool broken_off;
	enum store_outcome outcome; /* then: what broke it off */
};

/* A row on its way into the ledger. */
struct bringing {
	struct importing *import;
	struct import_row *row;
	struct arena *arena; /* its own */
	struct import_moves moves;
	struct append append;
};

static void look_at_next(struct importing *im);

static bool is_to_do(const struct import_row *row)
{
	return !row->refusal.code && uuid_is_zero(row->placement);
}

/* ---- the answer ---- */

static void leave(struct importing *im)
{
	event_free(im->turn);
	im->call->app->imports--;
}

static size_t count_rows(const struct importing *im, bool refused)
{
	size_t count = 0;

	for (size_t i = 0; i < im->count; i++)
		count += refused ? im->rows[i].refusal.code != NULL
				 : !uuid_is_zero(im->rows[i].placement);
	return count;
}

static void answer_report(struct importing *im)
{
	struct writer w;

	writer_init(&w, im->call->arena);
	emit_begin(&w, NULL, '{');
	emit_int(&w, "rows", (int64_t)im->count);
	emit_int(&w, "placed", (int64_t)count_rows(im, false));
	emit_int(&w, "refused", (int64_t)count_rows(im, true));
	emit_begin(&w, "items", '[');
	for (size_t i = 0; i < im->count; i++) {
		const struct import_row *row = &im->rows[i];
		const struct import_report_row item = {
			.row = row->number,
			.placement = row->placement,
			.reference = row->reference,
			.code = text_of(row->refusal.code),
			.pointer = row->refusal.pointer,
			.detail = row->refusal.detail,
		};

		emit_struct(&w, NULL, &import_report_row_schema, &item, AUDIENCE_COMMISSIONER);
	}
	emit_end(&w, ']');
	emit_end(&w, '}');
	leave(im);
	call_answer(im->call, 200, writer_text(&w));
}

/* With mode=all: what is wrong, row by row. */
static void answer_refused(struct importing *im)
{
	struct arena *arena = im->call->arena;
	struct json_error *errors = NULL;
	struct problem problem = {.status = 409, .code = "rows_refused"};

	for (size_t i = 0; i < im->count && problem.errors.count < ERRORS_MOST; i++)
		if (im->rows[i].refusal.code)
			*LIST_ADD(arena, errors, problem.errors.count) = (struct json_error){
				text_printf(arena, "/%lld%.*s", (long long)im->rows[i].number,
					    TEXT_FMT(im->rows[i].refusal.pointer)),
				im->rows[i].refusal.detail};
	problem.errors.items = errors;
	problem.detail = text_printf(
		arena,
		"%zu of %zu rows were refused, so none of them has gone in%s. Put right what errors "
		"names by row and column, or ask for the good ones alone (mode=good).",
		count_rows(im, true), im->count,
		im->known ? " but those that an earlier try had brought in" : "");
	leave(im);
	call_finish_problem(im->call, &problem);
}

static void answer_broken_off(struct importing *im)
{
	struct problem problem = {
		.status = 503,
		.code = "import_broken_off",
		.detail = text_printf(im->call->arena,
				      "The database broke off (%s): %zu of %zu rows are in. Send "
				      "the same file with the same Idempotency-Key again: the others "
				      "follow, and none goes in twice.",
				      store_outcome_names[im->outcome], count_rows(im, false),
				      im->count),
	};

	leave(im);
	call_finish_retry(im->call, &problem, RETRY_S);
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
	const struct placement *empty =
		placement_new(b->arena, im->actor.organisation, id);
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

/* As many as may be on their way; then the answer. */
static void look_at_next(struct importing *im)
{
	for (; im->next < im->count && im->on_way < WRITTEN_MOST && !im->broken_off; im->next++)
		if (is_to_do(&im->rows[im->next]))
			bring(im, &im->rows[im->next]);
	if (im->on_way)
		return;
	if (im->broken_off)
		answer_broken_off(im);
	else
		answer_report(im);
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

static void on_turn(evutil_socket_t socket, short what, void *context)
{
	static const struct timeval soon = {0, 1};
	struct importing *im = context;
	size_t last = im->next + ROWS_A_TURN;

	(void)socket;
	(void)what;
	for (; im->next < im->count && im->next < last; im->next++)
		if (is_to_do(&im->rows[im->next]))
			look_at_row(im, &im->rows[im->next]);
	if (im->next < im->count) {
		evtimer_add(im->turn, &soon);
		return;
	}
	im->next = 0;
	if (im->all && count_rows(im, true))
		answer_refused(im);
	else
		look_at_next(im);
}

/* ---- what the rows name ---- */

static void read_failed(struct importing *im, enum store_outcome outcome)
{
	leave(im);
	call_store_fault(im->call, outcome);
}

static void on_adopted(enum store_outcome outcome, const struct authority_settings *adopted,
		       void *context)
{
	struct importing *im = context;

	im->adopted = adopted;
	if (outcome != STORE_DONE) {
		read_failed(im, outcome);
	} else if (!adopted) {
		leave(im);
		call_problem(im->call, 409, "authority_not_set_up",
			     TEXT("Your organisation has no protocol or no calendar here yet. Ask "
				  "the service's operator to set it up."));
	} else {
		on_turn(-1, 0, im);
	}
}

/* The row that a count from 1 means. */
static struct import_row *row_at(struct importing *im, const struct rows *rows, size_t i)
{
	return &im->rows[row_int(rows, i, 0, 1) - 1];
}

static void on_homes(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct importing *im = context;

	if (outcome != STORE_DONE) {
		read_failed(im, outcome);
		return;
	}
	for (size_t i = 0; i < rows->count; i++) {
		struct import_row *row = row_at(im, rows, i);

		row->homes_found = row_int(rows, i, 1, 0);
		row->home = row_uuid(rows, i, 2);
		row->provider = row_uuid(rows, i, 3);
	}
	reference_authority(im->call->app, im->actor.organisation, on_adopted, im);
}

static void ask_homes(struct importing *im)
{
	struct arena *arena = im->call->arena;
	struct text *ids = arena_array(arena, struct text, im->count);
	struct text *numbers = arena_array(arena, struct text, im->count);
	struct text *providers = arena_array(arena, struct text, im->count);
	struct param *params = arena_array(arena, struct param, 3);

	for (size_t i = 0; i < im->count; i++) {
		struct import_row *row = &im->rows[i];
		struct text home, provider;
		struct uuid id;

		if (!is_to_do(row))
			continue;
		home = import_cell(&im->header, row, COLUMN_HOME);
		provider = import_cell(&im->header, row, COLUMN_PROVIDER);
		numbers[i] = home;
		ids[i] = uuid_parse(home, &id) ? home : TEXT_NONE;
		if (!provider.at || uuid_parse(provider, &id))
			providers[i] = provider;
		else
			row->refusal = (struct import_refusal){
				"does_not_fit", TEXT("/provider"),
				TEXT("This is no id of an organisation. Leave it out, or give the "
				     "provider's id.")};
	}
	params[0] = param_array(arena, ids, im->count);
	params[1] = param_array(arena, numbers, im->count);
	params[2] = param_array(arena, providers, im->count);
	store_read(app_store(im->call->app), arena, im->actor.organisation, SQL_IMPORT_HOMES,
		   params, 3, on_homes, im);
}

static void on_known(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct importing *im = context;
	struct digest request;

	if (outcome != STORE_DONE) {
		read_failed(im, outcome);
		return;
	}
	for (size_t i = 0; i < rows->count; i++) {
		struct import_row *row = row_at(im, rows, i);

		if (row_digest(rows, i, 1, &request) && digest_eq(&request, &row->request)) {
			row->placement = row_uuid(rows, i, 2);
			row->reference = row_text(rows, i, 3);
			im->known++;
			continue;
		}
		row->refusal = (struct import_refusal){
			"idempotency_key_reused", TEXT(""),
			TEXT("Another row has gone in with this number and this Idempotency-Key. "
			     "Send what is new with a new key.")};
	}
	ask_homes(im);
}

/* A key and a digest of each row's own. */
static void ask_known(struct importing *im)
{
	struct arena *arena = im->call->arena;
	struct text *keys = arena_array(arena, struct text, im->count);
	struct param *params = arena_array(arena, struct param, 2);
	struct text call_key = {(const char *)im->call->key.bytes, sizeof(im->call->key.bytes)};
	struct digest header = sha256(TEXT("POST /v1/placements/import\n"), im->header_whole,
				      TEXT_NONE);
	struct text line = {(const char *)header.bytes, sizeof(header.bytes)};

	for (size_t i = 0; i < im->count; i++) {
		struct import_row *row = &im->rows[i];
		struct digest key = sha256(
			call_key, text_printf(arena, "row %lld", (long long)row->number),
			TEXT_NONE);

		memcpy(row->key.bytes, key.bytes, sizeof(row->key.bytes));
		row->key.bytes[6] = (uint8_t)(0x80 | (row->key.bytes[6] & 0x0f)); /* RFC 9562 */
		row->key.bytes[8] = (uint8_t)(0x80 | (row->key.bytes[8] & 0x3f));
		row->request = sha256(line, row->whole, TEXT_NONE);
		keys[i] = uuid_text(arena, row->key);
	}
	params[0] = param_uuid(arena, im->call->caller.user);
	params[1] = param_array(arena, keys, im->count);
	store_read(app_store(im->call->app), arena, im->actor.organisation, SQL_IMPORT_KNOWN,
		   params, 2, on_known, im);
}

/* ---- the file ---- */

static bool refuse_file(struct importing *im, const char *pointer, struct text detail)
{
	struct json_error *error = arena_make(im->call->arena, struct json_error);
	struct json_errors errors = {.items = {error, 1}};

	*error = (struct json_error){text_of(pointer), detail};
	call_json_errors(im->call, &errors);
	return false;
}

static bool read_header(struct importing *im, struct csv *csv)
{
	struct csv_record record;
	struct text why;

	if (!csv_next(csv, &record))
		return refuse_file(im, "",
				   TEXT("The file is empty. The first row names the columns."));
	if (record.problem)
		return refuse_file(im, "/1", text_of(record.problem));
	im->header_whole = record.whole;
	return import_header_read(im->call->arena, &record, &im->header, &why) ||
	       refuse_file(im, "/1", why);
}

/* False when the call has been answered. */
static bool read_file(struct importing *im)
{
	struct arena *arena = im->call->arena;
	struct csv_record record;
	struct csv csv;

	csv_begin(&csv, arena, im->call->body);
	if (!read_header(im, &csv))
		return false;
	while (csv_next(&csv, &record)) {
		if (im->count == ROWS_MOST)
			return refuse_file(im, "",
					   TEXT("There are more than 10,000 rows. Cut the file in "
						"two, each with the header."));
		*LIST_ADD(arena, im->rows, im->count) =
			import_row_of(arena, &im->header, &record);
	}
	return im->count > 0 ||
	       refuse_file(im, "", TEXT("There is no row behind the header. Add the placements."));
}

static bool is_csv(struct text type)
{
	size_t len = sizeof(CSV_TYPE) - 1;

	return type.len >= len && !strncasecmp(type.at, CSV_TYPE, len) &&
	       (type.len == len || type.at[len] == ';' || type.at[len] == ' ');
}

/* What is asked before the file is looked at; false when it has been answered. */
static bool may_begin(struct call *call)
{
	struct problem busy = {
		.status = 503,
		.code = "imports_busy",
		.detail = TEXT("Others are bringing caseloads in just now. Try again in a few "
			       "seconds."),
	};

	if (call->caller.kind != ORGANISATION_AUTHORITY)
		call_problem(call, 403, "not_an_authority",
			     TEXT("Only an authority opens placements. Sign in for your council or "
				  "NHS body."));
	else if (!(call->caller.roles & BIT(ROLE_CASE_OFFICER)))
		call_problem(call, 403, "role",
			     TEXT("A case officer brings placements in. Ask one of them to."));
	else if (!is_csv(call->content_type))
		call_problem(call, 415, "content_type",
			     TEXT("Send the file as Content-Type: text/csv."));
	else if (call->app->imports == IMPORTS_MOST)
		call_finish_retry(call, &busy, RETRY_S);
	else
		return true;
	return false;
}

void app_import_placements(struct call *call)
{
	struct importing *im = arena_make(call->arena, struct importing);
	struct text mode = text_of(modes[0]);

	if (!may_begin(call) || !query_word(call, "mode", modes, &mode))
		return;
	im->call = call;
	im->all = text_is(mode, modes[0]);
	im->actor = (struct actor){call->caller.user, call->caller.organisation, SIDE_COMMISSIONER,
				   call->caller.roles};
	if (!read_file(im))
		return;
	im->turn = evtimer_new(call->app->base, on_turn, im);
	if (!im->turn) {
		call_store_fault(call, STORE_BUG);
		return;
	}
	call->app->imports++;
	ask_known(im);
}
