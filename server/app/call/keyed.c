/*
 * keyed.c - what is made once, however often it is asked for under the same Idempotency-Key.
 *
 * The key's row is taken by the statement that makes the thing, so that neither is there without
 * the other. Who comes second at the same instant sees nothing yet, and asks again.
 */
#include "call/keyed.h"

#include <string.h>

#define ROUNDS_MOST 3 /* the second already sees who used the key a moment ago */

static void on_rows(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct keyed *k = context;
	struct call *call = k->call;

	if (outcome != STORE_DONE) {
		call_store_fault(call, outcome);
		return;
	}
	k->repeated = !row_is_null(rows, 0, KEYED_SAME);
	if (k->repeated && !row_bool(rows, 0, KEYED_SAME)) {
		call_key_reused(call);
	} else if (!row_is_null(rows, 0, KEYED_ID)) {
		if (k->repeated)
			k->secret = TEXT_NONE;
		k->on_done(k, rows);
	} else if (!row_bool(rows, 0, KEYED_THERE) && k->on_missing) {
		k->on_missing(k, rows);
	} else if (!row_bool(rows, 0, KEYED_THERE) || k->repeated) { /* or removed since */
		call_not_found(call);
	} else if (++k->rounds < ROUNDS_MOST) {
		keyed_again(k);
	} else {
		call_store_fault(call, STORE_MOVED_ON);
	}
}

void keyed_again(struct keyed *k)
{
	call_work(k->call, k->sql, k->params, k->param_count, on_rows, k);
}

struct keyed *keyed_new(struct call *call, const char *sql, void *context)
{
	struct keyed *k = arena_make(call->arena, struct keyed);

	k->call = call;
	k->sql = sql;
	k->context = context;
	return k;
}

/* The first line of what the key stands for; the body follows. */
static struct text first_line(const struct call *call, const char *route)
{
	const char *id = strstr(route, "{id}");

	if (!id)
		return text_printf(call->arena, "%s\n", route);
	return text_printf(call->arena, "%.*s%.*s%s\n", (int)(id - route), route,
			   TEXT_FMT(call->path_id), id + strlen("{id}"));
}

void keyed_run(struct keyed *k, size_t count, const char *route)
{
	struct call *call = k->call;

	k->params[count] = param_uuid(call->arena, call->caller.user);
	k->params[count + 1] = param_uuid(call->arena, call->key);
	k->params[count + 2] =
		param_digest(call->arena, sha256(first_line(call, route), call->body, TEXT_NONE));
	k->param_count = count + 3;
	keyed_again(k);
}
