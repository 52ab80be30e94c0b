/*
 * keyed.c - what is made once, however often it is asked for under the same Idempotency-Key.
 *
 * The key's row is taken by the statement that makes the thing, so that neither is there without
 * the other. Who comes second at the same instant sees nothing yet, and asks again.
 */
#include "keyed.h"

#define ROUNDS_MOST 3 /* the second already sees who used the key a moment ago */

static void ask(struct keyed *k);

static void on_keyed(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct keyed *k = context;
	struct call *call = k->call;
	bool known = outcome == STORE_DONE && !row_is_null(rows, 0, KEYED_SAME);

	if (outcome != STORE_DONE)
		call_store_fault(call, outcome);
	else if (known && !row_bool(rows, 0, KEYED_SAME))
		call_key_reused(call);
	else if (!row_is_null(rows, 0, KEYED_ID))
		k->on_done(k, rows, known);
	else if (known) /* and removed since */
		call_not_found(call);
	else if (!row_bool(rows, 0, KEYED_THERE))
		k->on_missing(call, rows);
	else if (++k->rounds < ROUNDS_MOST)
		ask(k);
	else
		call_store_fault(call, STORE_MOVED_ON);
}

static void ask(struct keyed *k)
{
	store_work(app_store(k->call->app), k->call->arena, k->sql, k->params, k->param_count,
		   on_keyed, k);
}

void keyed_run(struct keyed *k, size_t count, const char *line)
{
	struct call *call = k->call;
	struct text head = text_printf(call->arena, "%s %.*s\n", line, TEXT_FMT(call->path_id));

	k->digest = sha256(head, call->body, TEXT_NONE);
	k->params[count] = param_uuid(call->arena, call->caller.user);
	k->params[count + 1] = param_uuid(call->arena, call->key);
	k->params[count + 2] = PARAM_BYTES(
		((struct text){(const char *)k->digest.bytes, sizeof(k->digest.bytes)}));
	k->param_count = count + 3;
	ask(k);
}
