/*
 * app.c - the room's beginning and end, its master key, and how a call ends.
 *
 * The one idea: an answer never overtakes the operation that gives it. Answers queue and go out
 * from the loop's next turn, so that the edge need not care how deep in a call it is.
 */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "figures.h"
#include "internal.h"

#include "concordat/base/report.h"
#include "concordat/wire/emit.h"

struct pending_answer {
	struct pending_answer *next;
	struct call *call;
	struct reply answer;
};

const char *const organisation_kind_names[] = {"authority",	 "provider", "mediation_body",
					       "representative", "operator", NULL};

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

/* ---- the master key ---- */

/* Reads the file's text; *why on a fault. */
static bool key_file_read(struct arena *arena, const char *path, char *buffer, size_t room,
			  size_t *len, struct text *why)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	ssize_t got;

	if (file < 0 || fstat(file, &status) != 0) {
		*why = text_printf(arena, "The master key file %s cannot be read: %s.", path,
				   strerror(errno));
		if (file >= 0)
			close(file);
		return false;
	}
	if (status.st_mode & S_IRWXO) {
		close(file);
		*why = text_printf(
			arena,
			"The master key file %s is open to everybody. Close it with: chmod o= %s",
			path, path);
		return false;
	}
	got = read(file, buffer, room);
	close(file);
	if (got < 0) {
		*why = text_printf(arena, "The master key file %s cannot be read: %s.", path,
				   strerror(errno));
		return false;
	}
	*len = (size_t)got;
	return true;
}

static bool master_key_load(struct app *app, struct arena *arena, struct text *why)
{
	const char *path = app->config->master_key_file;
	char buffer[80];
	size_t len;
	bool sound;

	if (!path || !*path) {
		*why = TEXT("master_key_file is not set. Make a key with: (umask 077; openssl rand "
			    "-hex 32 >FILE) and name the file.");
		return false;
	}
	if (!key_file_read(arena, path, buffer, sizeof(buffer), &len, why))
		return false;
	while (len > 0 && (buffer[len - 1] == '\n' || buffer[len - 1] == '\r'))
		len--;
	sound = text_unhex((struct text){buffer, len}, app->master, sizeof(app->master));
	OPENSSL_cleanse(buffer, sizeof(buffer));
	if (!sound)
		*why = text_printf(
			arena,
			"The master key file %s must hold 64 hexadecimal digits and nothing else.",
			path);
	return sound;
}

bool keys_open(struct app *app, struct arena *arena, struct text *why)
{
	if (master_key_load(app, arena, why) && personal_start(app, why))
		return true;
	OPENSSL_cleanse(app->master, sizeof(app->master));
	return false;
}

void keys_close(struct app *app)
{
	personal_stop(app);
	OPENSSL_cleanse(app->master, sizeof(app->master));
}

/* ---- answers ---- */

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

void call_answer(struct call *call, int status, struct text body)
{
	call_finish(call, &(struct reply){.status = status, .body = body});
}

void call_finish_retry(struct call *call, struct problem *problem, int retry_after_s)
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
	call_finish_retry(call, problem, 0);
}

void call_problem(struct call *call, int status, const char *code, struct text detail)
{
	struct problem problem = {.status = status, .code = code, .detail = detail};

	call_finish_retry(call, &problem, 0);
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

	call_finish_retry(call, &problem, 0);
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
	struct problem problem = {
		.status = store_faults[outcome].status,
		.code = store_faults[outcome].code,
		.detail = text_of(store_faults[outcome].detail),
	};

	call_finish_retry(call, &problem, store_faults[outcome].retry_after_s);
}

/* ---- beginning and end ---- */

static void on_figures(void *context)
{
	struct app *app = context;

	cache_figures_set(app);
	for (int division = 0; division < DIVISION_COUNT; division++) {
		const struct calendar *c = reference_calendar(app, (enum division)division);

		figure_set(&app_figures[CALENDAR_END], (size_t)division,
			   c ? (c->last_day + 1) * (US_PER_DAY / US_PER_SECOND) : 0);
		figure_set(&app_figures[CALENDAR_RUNS_OUT], (size_t)division,
			   reference_runs_out(app, (enum division)division, app_now_us(app)));
	}
}

static struct figure_table figures = {app_figures, APP_FIGURES, on_figures, NULL, NULL};

struct app *app_new(struct event_base *base, const struct config *config, struct store *store,
		    struct arena *arena, struct text *why)
{
	struct app *app = arena_make(arena, struct app);

	app->base = base;
	app->config = config;
	app->store = store;
	app->arena = arena;
	app->last_answer = &app->first_answer;
	if (!keys_open(app, arena, why))
		return NULL;
	app->answering = event_new(base, -1, 0, on_answering, app);
	if (!app->answering || !reference_open(app))
		report_fatal("app", "No event could be made for want of memory");
	cache_open(app);
	log_heads_open(app);
	feeds_open(app);
	figures_open(&figures, app);
	return app;
}

void app_start(struct app *app)
{
	reference_start(app);
	log_heads_start(app);
}

bool app_ready(const struct app *app)
{
	return reference_ready(app);
}

void app_free(struct app *app)
{
	if (!app)
		return;
	figures_close(&figures, app);
	event_free(app->answering);
	cache_close(app);
	log_heads_close(app);
	feeds_close(app);
	reference_close(app);
	keys_close(app);
}

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
