/*
 * log_administer.c - the log from the command line: its public keys, and beginning it again.
 *
 * After an older backup was put back, what was published of a log is no longer in the database, and
 * nothing more is signed under its name. Who runs the service may then begin it again: another
 * origin over the entries that there are, and the newest checkpoint known of the old one kept
 * beside it, so that the break stays to be seen.
 */
#include "concordat/app/log.h"

#include <string.h>

#include "internal.h"
#include "queries.h"

bool log_keys_text(struct arena *arena, const char *dir, const struct rows *rows, struct text *out,
		   struct text *why)
{
	struct note_key key;
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < rows->count; i++) {
		struct text bytes = row_text(rows, i, 0);

		size_t vouched = 1;

		if (bytes.len != sizeof(key.public_key))
			continue;
		memcpy(key.public_key, bytes.at, sizeof(key.public_key));
		if (!log_keys_vouched(arena, dir, NULL, &key.public_key, &vouched, why))
			return false;
		if (!vouched)
			continue;
		key = note_key_of(row_text(rows, i, 1), (const uint8_t *)bytes.at);
		writer_put(&w, note_key_line(arena, &key));
		writer_char(&w, '\n');
	}
	*out = writer_text(&w);
	return true;
}

bool log_keys_print(const struct config *config, struct arena *arena, struct uuid authority,
		    struct text *out, struct text *why)
{
	const struct param param = param_uuid(arena, authority);
	struct rows rows;

	if (!store_run(config, arena, SQL_LOG_KEYS_OF, &param, 1, &rows, why) ||
	    !log_keys_text(arena, config->log_dir, &rows, out, why))
		return false;
	*why = TEXT("No log of that authority is sealed. Give --authority the id of an authority.");
	return rows.count > 0;
}

size_t log_keys_take(struct arena *arena, const struct rows *rows, uint8_t (**keys)[32])
{
	size_t count = 0;

	*keys = arena_alloc_array(arena, sizeof(**keys), rows->count + 1);
	for (size_t i = 0; i < rows->count; i++)
		if (row_text(rows, i, 0).len == sizeof(**keys))
			memcpy((*keys)[count++], row_text(rows, i, 0).at, sizeof(**keys));
	return count;
}

/* ---- beginning again ---- */

struct restart {
	const struct config *config;
	struct arena *arena;
	struct store_session *session;
	struct uuid authority;
	uint8_t (*keys)[32];
	size_t key_count;
	struct log_filed filed;
	struct log_state state;
};

static bool read_state(struct restart *r, struct text *why)
{
	const struct log_filed *filed = &r->filed;
	struct param params[LOG_STATE_PARAMS];
	struct rows rows;

	if (!store_session_ask(r->session, SQL_LOG_KEYS, NULL, 0, &rows, why))
		return false;
	r->key_count = log_keys_take(r->arena, &rows, &r->keys);
	if (!log_keys_vouched(r->arena, r->config->log_dir, NULL, r->keys, &r->key_count, why))
		return false;
	if (r->config->log_key_file[0]) {
		struct signing_key key;

		if (!log_key_read(r->arena, r->config->log_key_file, &key, why))
			return false;
		memcpy(r->keys[r->key_count++], key.public_key, sizeof(key.public_key));
	}
	if (!log_filed_read(r->arena, r->config->log_dir, r->authority, r->keys, r->key_count,
			    &r->filed, why))
		return false;
	log_state_params(r->arena, &r->authority, &filed, 1, params);
	if (!store_session_ask(r->session, SQL_LOG_STATE, params, LOG_STATE_PARAMS, &rows, why))
		return false;
	*why = TEXT("There is no such authority.");
	return log_state_take(&rows, 0, &r->state);
}

/* "<origin>/3" begins the third; without a number it is the first. */
static int64_t generation_of(struct text origin, struct text *base)
{
	const char *slash = origin.at ? memrchr(origin.at, '/', origin.len) : NULL;
	struct text tail;
	int64_t n = 1;

	*base = origin;
	if (!slash)
		return 1;
	tail = (struct text){slash + 1, origin.len - (size_t)(slash + 1 - origin.at)};
	if (tail.len > 9 || !text_to_int(tail, &n) || n < 2)
		return 1;
	base->len = (size_t)(slash - origin.at);
	return n;
}

static bool begin_again(struct restart *r, struct text reason, struct text *said, struct text *why)
{
	bool outside = r->filed.there && !r->state.filed_before &&
		       (!r->state.origin.at || r->filed.checkpoint.size > r->state.size);
	struct text old = outside ? r->filed.checkpoint.origin : r->state.origin, base, origin;
	int64_t generation = generation_of(r->filed.checkpoint.origin, &base);
	int64_t before = generation_of(old, &base);
	struct param params[6];
	struct rows rows;

	/* none that was ever published is used again, whatever the database remembers */
	if (generation < before)
		generation = before;
	if (generation < r->state.generation)
		generation = r->state.generation;
	generation++;
	origin = text_printf(r->arena, "%.*s/%lld", TEXT_FMT(base), (long long)generation);
	params[0] = param_uuid(r->arena, r->authority);
	params[1] = PARAM(origin);
	params[2] = param_int(r->arena, generation);
	params[3] = PARAM(old);
	params[4] = PARAM(outside ? r->filed.note : r->state.note);
	params[5] = PARAM(reason);
	if (!store_session_ask(r->session, SQL_LOG_RESTART, params, 6, &rows, why))
		return false;
	*why = TEXT("The log has begun again meanwhile. Look again with concordatd doctor.");
	*said = text_printf(
		r->arena,
		"The log %.*s begins again as %.*s. Its newest checkpoint, of %lld "
		"entries, stands in the table log_restart. Give the new keys "
		"(concordatd log-keys) to those who hold the old ones, and tell them why.",
		TEXT_FMT(old), TEXT_FMT(origin),
		(long long)(outside ? r->filed.checkpoint.size : r->state.size));
	return row_int(&rows, 0, 0, 0) == 1;
}

bool log_restart(const struct config *config, struct arena *arena, struct uuid authority,
		 struct text reason, struct text *said, struct text *why)
{
	struct restart r = {.config = config, .arena = arena, .authority = authority};
	bool done = false;

	r.session = store_session_open(config, arena, STORE_OWNER, why);
	if (!r.session)
		return false;
	if (store_session_fits(r.session, why) && read_state(&r, why)) {
		const char *fault = log_state_fault(&r.state, &r.filed, r.keys, r.key_count);

		if (fault)
			done = begin_again(&r, reason, said, why);
		else
			*why = TEXT("Nothing is wrong with this log: it can be sealed on, and is "
				    "not begun again.");
	}
	store_session_close(r.session);
	return done;
}
