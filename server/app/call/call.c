/*
 * call.c - what every operation does with its call, and how it ends.
 *
 * The one idea: an answer never overtakes the operation that gives it. Answers queue and go out
 * from the loop's next turn, so that the edge need not care how deep in a call it is.
 */
#include <event2/event.h>
#include <string.h>

#include "internal.h"

#include "concordat/wire/emit.h"

struct pending_answer {
	struct pending_answer *next;
	struct call *call;
	struct reply answer;
};

/* What each outcome of the store is to the caller. */
static const struct {
	int status, retry_after_s;
	const char *code, *detail;
} store_faults[] = {
	[STORE_DONE] = {500, 0, "internal", "Something went wrong here. It has been reported."},
	[STORE_MOVED_ON] = {503, 1, "busy",
			    "Others are changing this just now. Nothing was recorded; try again "
			    "with the same key."},
	[STORE_AWAY] = {503, 2, "database_away",
			"The database cannot be reached just now. Nothing was recorded; try again "
			"with the same key."},
	[STORE_FULL] = {503, 30, "storage",
			"The database has no room left. Nothing was recorded; try again later."},
	[STORE_TIMEOUT] =
		{503, 2, "timeout",
		 "The database took too long. Nothing was recorded; try again with the same key."},
	[STORE_UNKNOWN] = {503, 2, "outcome_unknown",
			   "The connection to the database was lost, and whether this was recorded "
			   "is not known. Try again with the same key to learn it."},
	[STORE_BUG] = {500, 0, "internal", "Something went wrong here. It has been reported."},
};

/* ---- what it has at hand ---- */

struct store *app_store(struct app *app)
{
	return app->store;
}

const struct config *app_config(const struct app *app)
{
	return app->config;
}

int64_t app_now_us(const struct app *app)
{
	return store_now_us(app->store);
}

/* ---- what was asked ---- */

bool call_body(struct call *call, const struct schema *schema, void *data)
{
	struct json_errors errors = {0};

	if (json_decode(call->arena, call->body, schema, JSON_REQUEST, NULL, data, &errors))
		return true;
	call_json_errors(call, &errors);
	return false;
}

bool call_id(struct call *call, struct uuid *id)
{
	if (uuid_parse(call->path_id, id) && !uuid_is_zero(*id))
		return true;
	call_not_found(call);
	return false;
}

bool call_manages(struct call *call, struct uuid authority, struct text refusal)
{
	if (access_manages(&call->caller, authority))
		return true;
	if (!uuid_eq(authority, call->caller.organisation))
		call_not_found(call);
	else
		call_problem(call, 403, "forbidden", refusal);
	return false;
}

/* ---- the database ---- */

void call_read(struct call *call, const char *sql, const struct param *params, size_t count,
	       store_rows_cb on_rows, void *context)
{
	store_read(app_store(call->app), call->arena, call->caller.organisation, sql, params, count,
		   on_rows, context);
}

void call_work(struct call *call, const char *sql, const struct param *params, size_t count,
	       store_rows_cb on_rows, void *context)
{
	store_work(app_store(call->app), call->arena, sql, params, count, on_rows, context);
}

bool call_found(struct call *call, enum store_outcome outcome, const struct rows *rows)
{
	if (outcome == STORE_DONE && rows->count)
		return true;
	if (outcome == STORE_DONE)
		call_not_found(call);
	else
		call_store_fault(call, outcome);
	return false;
}

/* ---- how it ends ---- */

static void on_answering(evutil_socket_t socket, short what, void *context)
{
	struct app *app = context;
	struct pending_answer *waiting = app->first_answer;

	(void)socket;
	(void)what;
	app->first_answer = NULL;
	app->last_answer = &app->first_answer;
	while (waiting) {
		/* on_answer may free the call's arena, and the node with it. */
		struct pending_answer *next = waiting->next;

		waiting->call->on_answer(waiting->call, &waiting->answer);
		waiting = next;
	}
}

bool answers_open(struct app *app)
{
	app->last_answer = &app->first_answer;
	app->answering = event_new(app->base, -1, 0, on_answering, app);
	return app->answering != NULL;
}

void answers_close(struct app *app)
{
	event_free(app->answering);
}

bool call_holds(const struct call *call, struct text etag)
{
	struct text held = call->if_none_match;

	return text_is(held, "*") || (held.at && memmem(held.at, held.len, etag.at, etag.len));
}

void call_finish(struct call *call, const struct reply *answer)
{
	struct app *app = call->app;
	struct pending_answer *waiting = arena_make(call->arena, struct pending_answer);

	if (call->on_end)
		call->on_end(call, answer->status);
	waiting->call = call;
	waiting->answer = *answer;
	*app->last_answer = waiting;
	app->last_answer = &waiting->next;
	event_active(app->answering, 0, 0);
}

void call_finish_tagged(struct call *call, struct reply *answer)
{
	if (call_holds(call, answer->etag)) {
		answer->status = 304;
		answer->body = TEXT_NONE;
	}
	call_finish(call, answer);
}

static struct text struct_json(struct arena *arena, const struct schema *schema, const void *data)
{
	struct writer w;

	writer_init(&w, arena);
	schema_write(&w, schema, data, AUDIENCE_COMMISSIONER);
	return writer_text(&w);
}

void call_answer_struct(struct call *call, int status, const struct schema *schema,
			const void *data)
{
	call_answer(call, status, struct_json(call->arena, schema, data));
}

void call_answer_made(struct call *call, const struct schema *schema, const void *data,
		      const char *folder, struct uuid id)
{
	call_finish(call, &(struct reply){
				  .status = 201,
				  .body = struct_json(call->arena, schema, data),
				  .location = text_printf(call->arena, "%s%.*s", folder,
							  TEXT_FMT(uuid_text(call->arena, id))),
			  });
}

void call_answer(struct call *call, int status, struct text body)
{
	call_finish(call, &(struct reply){.status = status, .body = body});
}

static void finish_later(struct call *call, struct problem *problem, int retry_after_s)
{
	const char *base_url = call->app->config->public_url;

	problem->request_id = call->request_id;
	if (call->describe)
		call->describe(call, problem);
	call_finish(call, &(struct reply){
				  .status = problem->status,
				  .body = problem_write(call->arena, problem,
							base_url && *base_url ? base_url : NULL),
				  .is_problem = true,
				  .retry_after_s = retry_after_s,
			  });
}

void call_finish_problem(struct call *call, struct problem *problem)
{
	finish_later(call, problem, 0);
}

void call_problem_later(struct call *call, int status, const char *code, struct text detail,
			int retry_after_s)
{
	struct problem problem = {.status = status, .code = code, .detail = detail};

	finish_later(call, &problem, retry_after_s);
}

void call_problem(struct call *call, int status, const char *code, struct text detail)
{
	call_problem_later(call, status, code, detail, 0);
}

void call_json_errors(struct call *call, const struct json_errors *errors)
{
	struct problem problem = {
		.status = 400,
		.code = errors->not_json ? "malformed_json" : "does_not_fit",
		.detail = errors->not_json ? TEXT("The body is not sound JSON. Put right what "
						  "errors names and send it again.")
					   : TEXT("The body does not fit what this asks for. Put "
						  "right what errors names and send it again."),
		.errors = errors->items,
	};

	finish_later(call, &problem, 0);
}

void call_refuse(struct call *call, struct text pointer, struct text sentence)
{
	struct json_error error = {pointer, sentence};

	call_json_errors(call, &(struct json_errors){.items = {&error, 1}});
}

void call_not_found(struct call *call)
{
	call_problem(call, 404, "not_found",
		     TEXT("There is nothing here that you may see. Check the address, and that you "
			  "are signed in for the right organisation."));
}

void call_key_reused(struct call *call)
{
	call_problem(call, 422, "idempotency_key_reused",
		     TEXT("This Idempotency-Key was used for another request. Send this one with a "
			  "new key."));
}

void call_answer_done(struct call *call, const char *word)
{
	struct writer w;

	writer_init(&w, call->arena);
	emit_begin(&w, NULL, '{');
	emit_text(&w, "id", call->path_id);
	emit_bool(&w, word, true);
	emit_end(&w, '}');
	call_answer(call, 200, writer_text(&w));
}

void call_store_fault(struct call *call, enum store_outcome outcome)
{
	call_problem_later(call, store_faults[outcome].status, store_faults[outcome].code,
			   text_of(store_faults[outcome].detail),
			   store_faults[outcome].retry_after_s);
}
