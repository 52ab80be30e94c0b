/*
 * import.c - POST /v1/placements/import: a caseload that already runs, a row a placement.
 *
 * The file is read here, what its rows name is looked up, and what came of them is told;
 * import_bring.c decides and writes. Every row has a key of its own, made of the call's and of its
 * number, so that a repeat of the call, after whatever broke it off, goes on where it ended.
 */
#include <event2/event.h>
#include <string.h>

#include "call/page.h"
#include "concordat/app/schemas.h"
#include "concordat/wire/emit.h"
#include "move/import.h"
#include "queries.h"

#define CSV_TYPE "text/csv"
#define ROWS_MOST 10000
#define IMPORTS_MOST 2 /* at once: each keeps half a core busy */
#define RETRY_S 5
#define ERRORS_MOST 1000 /* told of in one problem */

const char *const app_import_types[] = {CSV_TYPE, NULL};
static const char *const modes[] = {"all", "good", NULL};

/* ---- the answer ---- */

static void leave(struct importing *im)
{
	event_free(im->turn);
	im->call->app->imports--;
}

size_t import_count(const struct importing *im, bool refused)
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
	emit_int(&w, "placed", (int64_t)import_count(im, false));
	emit_int(&w, "refused", (int64_t)import_count(im, true));
	emit_begin(&w, "items", '[');
	for (size_t i = 0; i < im->count; i++) {
		const struct import_row *row = &im->rows[i];
		const struct import_report_row item = {
			.row = row->number,
			.placement = uuid_is_zero(row->there) ? row->placement : row->there,
			.reference =
				row->there_reference.at ? row->there_reference : row->reference,
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
	problem.detail =
		text_printf(arena,
			    "%zu of %zu rows were refused, so none of them has gone in%s. Put "
			    "right what errors "
			    "names by row and column, or ask for the good ones alone (mode=good).",
			    import_count(im, true), im->count,
			    im->known ? " but those that an earlier try had brought in" : "");
	leave(im);
	call_finish_problem(im->call, &problem);
}

static void answer_broken_off(struct importing *im)
{
	struct text detail = text_printf(
		im->call->arena,
		"The database broke off (%s): %zu of %zu rows are in. Send the same file with the "
		"same Idempotency-Key again: the others follow, and none goes in twice.",
		store_outcome_names[im->outcome], import_count(im, false), im->count);

	leave(im);
	call_problem_later(im->call, 503, "import_broken_off", detail, RETRY_S);
}

void import_end(struct importing *im)
{
	if (im->broken_off)
		answer_broken_off(im);
	else if (im->all && !im->decided)
		answer_refused(im);
	else
		answer_report(im);
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
		import_decide(im);
	}
}

/* The row that a count from 1 means. */
static struct import_row *row_at(struct importing *im, const struct rows *rows, size_t i)
{
	return &im->rows[row_int(rows, i, 0, 1) - 1];
}

/* ---- what is in already, whoever brought it in and when ---- */

static void on_there(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct importing *im = context;
	struct arena *arena = im->call->arena;

	if (outcome != STORE_DONE) {
		read_failed(im, outcome);
		return;
	}
	for (size_t i = 0; i < rows->count; i++) {
		struct import_row *row = row_at(im, rows, i);

		row->there = row_uuid(rows, i, 1);
		row->there_reference = row_text(rows, i, 2);
		row->refusal = (struct import_refusal){
			"already_there", TEXT("/external_reference"),
			row->there_reference.at
				? text_printf(arena,
					      "This is in already, as %.*s. Leave the row out.",
					      TEXT_FMT(row->there_reference))
				: text_printf(
					  arena,
					  "Row %lld has the same one. Leave one of the two "
					  "out.",
					  (long long)im->rows[row_int(rows, i, 3, 1) - 1].number)};
	}
	reference_authority(im->call->app, im->actor.organisation, on_adopted, im);
}

static void ask_there(struct importing *im)
{
	struct arena *arena = im->call->arena;
	struct text *own = arena_array(arena, struct text, im->count);
	struct param *params = arena_array(arena, struct param, 2);

	for (size_t i = 0; i < im->count; i++)
		if (import_is_to_do(&im->rows[i]))
			own[i] = import_cell(&im->header, &im->rows[i], COLUMN_EXTERNAL_REFERENCE);
	params[0] = param_uuid(arena, im->actor.organisation);
	params[1] = param_array(arena, own, im->count);
	store_read(app_store(im->call->app), arena, im->actor.organisation, SQL_IMPORT_THERE,
		   params, 2, on_there, im);
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
	ask_there(im);
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

		if (!import_is_to_do(row))
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

/* A UUID (RFC 9562: made by us) of the call's key and these words. */
static struct uuid own_id(const struct importing *im, struct text words)
{
	struct text key = {(const char *)im->call->key.bytes, sizeof(im->call->key.bytes)};
	struct digest digest = sha256(key, words, TEXT_NONE);
	struct uuid id;

	memcpy(id.bytes, digest.bytes, sizeof(id.bytes));
	id.bytes[6] = (uint8_t)(0x80 | (id.bytes[6] & 0x0f));
	id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f));
	return id;
}

/* A key and a digest of each row's own. */
static void ask_known(struct importing *im)
{
	struct arena *arena = im->call->arena;
	struct text *keys = arena_array(arena, struct text, im->count);
	struct param *params = arena_array(arena, struct param, 2);
	struct digest header =
		sha256(TEXT("POST /v1/placements/import\n"), im->header_whole, TEXT_NONE);
	struct text line = {(const char *)header.bytes, sizeof(header.bytes)};

	for (size_t i = 0; i < im->count; i++) {
		struct import_row *row = &im->rows[i];

		row->key = own_id(im, text_printf(arena, "row %lld", (long long)row->number));
		row->request = sha256(line, row->whole, TEXT_NONE);
		keys[i] = uuid_text(arena, row->key);
	}
	im->id = own_id(im, text_printf(arena, "import of %.*s",
					TEXT_FMT(uuid_text(arena, im->call->caller.user))));
	params[0] = param_uuid(arena, im->call->caller.user);
	params[1] = param_array(arena, keys, im->count);
	store_read(app_store(im->call->app), arena, im->actor.organisation, SQL_IMPORT_KNOWN,
		   params, 2, on_known, im);
}

/* ---- the file ---- */

static bool refuse_file(struct importing *im, const char *pointer, struct text detail)
{
	call_refuse(im->call, text_of(pointer), detail);
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
		*LIST_ADD(arena, im->rows, im->count) = import_row_of(arena, &im->header, &record);
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
		call_problem_later(call, 503, "imports_busy",
				   TEXT("Others are bringing caseloads in just now. Try again in a "
					"few seconds."),
				   RETRY_S);
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
	im->turn = evtimer_new(call->app->base, on_import_turn, im);
	if (!im->turn) {
		call_store_fault(call, STORE_BUG);
		return;
	}
	call->app->imports++;
	ask_known(im);
}
