/*
 * export.c - a log from its first entry to its last, as lines that anybody can check (record.h).
 *
 * All of it is of one moment. Entries come by their place in the log, a piece at a time, and each
 * checkpoint behind the last entry that it is of. Those behind the newest one are left out and
 * counted: nothing was signed over them yet, so nobody could check them.
 */
#include "concordat/app/log.h"
#include "concordat/app/verify.h"
#include "concordat/store/store.h"
#include "concordat/wire/emit.h"
#include "concordat/wire/record.h"
#include "queries.h"

#define ENTRIES_PIECE 500

enum sealed_column { ORIGIN, GENERATION, SIZE, ROOT, HEAD };
enum checkpoint_column { AT, OF_GENERATION, NOTED_ROOT, NOTE };
enum fact_column { LEAF_INDEX, STREAM, HEADER, BODY, NONCE };

struct exporting {
	struct store_session *session;
	const char *dir; /* which vouches for keys */
	struct uuid authority;
	bool (*put)(void *context, struct text lines);
	void *context;
	struct log_exported *out;
	struct text *why;
	struct arena *arena; /* as long as the export */
	int64_t generation, sealed;
	struct arena *page; /* of checkpoints */
	struct rows checkpoints;
	size_t checkpoint;
};

static bool give(struct exporting *e, struct writer *w)
{
	*e->why = TEXT("The export cannot be written on: is there room for it?");
	return e->put(e->context, writer_text(w));
}

static bool put_first(struct exporting *e, const struct rows *keys)
{
	struct arena *arena = arena_new();
	struct writer w;
	bool given;

	writer_init(&w, arena);
	writer_char(&w, '{');
	emit_word(&w, "format", EXPORT_FORMAT);
	emit_id(&w, "authority", e->authority);
	emit_text(&w, "origin", row_text(keys, 0, 1));
	emit_begin(&w, "keys", '[');
	for (size_t i = 0; i < keys->count; i++) {
		struct text bytes = row_text(keys, i, 0);
		size_t vouched = 1;
		struct note_key key;

		if (bytes.len != sizeof(key.public_key))
			continue;
		key = note_key_of(row_text(keys, i, 1), (const uint8_t *)bytes.at);
		if (!log_keys_vouched(arena, e->dir, NULL, &key.public_key, &vouched, e->why)) {
			arena_free(arena);
			return false;
		}
		if (!vouched)
			continue;
		emit_text(&w, NULL, note_key_line(arena, &key));
	}
	emit_end(&w, ']');
	writer_puts(&w, "}\n");
	given = give(e, &w);
	arena_free(arena);
	return given;
}

/* ---- checkpoints ---- */

static bool read_checkpoints(struct exporting *e)
{
	struct arena *page = arena_new();
	struct param params[3] = {param_uuid(page, e->authority), param_int(page, 0),
				  param_int(page, 0)};
	size_t last = e->checkpoints.count - 1;
	bool read;

	if (e->checkpoints.count) {
		params[1] = PARAM(row_text(&e->checkpoints, last, AT));
		params[2] = PARAM(row_text(&e->checkpoints, last, OF_GENERATION));
	}
	e->checkpoint = 0;
	read = store_session_read(e->session, page, SQL_VERIFY_CHECKPOINTS, params, 3,
				  &e->checkpoints, e->why);
	arena_free(e->page);
	e->page = page;
	return read;
}

static void put_checkpoint(struct exporting *e, struct writer *w)
{
	writer_char(w, '{');
	emit_int(w, "size", row_int(&e->checkpoints, e->checkpoint, AT, 0));
	emit_text(w, "note", row_text(&e->checkpoints, e->checkpoint, NOTE));
	writer_puts(w, "}\n");
	e->out->checkpoints++;
}

/* Those of that size; an older log's, which has another origin, are not of this export. */
static bool put_checkpoints(struct exporting *e, struct writer *w, int64_t size)
{
	while (e->checkpoint < e->checkpoints.count &&
	       row_int(&e->checkpoints, e->checkpoint, AT, 0) <= size) {
		if (row_int(&e->checkpoints, e->checkpoint, OF_GENERATION, 0) == e->generation)
			put_checkpoint(e, w);
		if (++e->checkpoint == e->checkpoints.count && !read_checkpoints(e))
			return false;
	}
	return true;
}

/* ---- entries ---- */

static bool put_piece(struct exporting *e, struct arena *arena, int64_t from)
{
	const int64_t to = from + ENTRIES_PIECE;
	const struct param params[] = {param_uuid(arena, e->authority), param_int(arena, from),
				       param_int(arena, to < e->sealed ? to : e->sealed)};
	struct rows rows;
	struct writer w;

	if (!store_session_read(e->session, arena, SQL_EXPORT_FACTS, params, 3, &rows, e->why))
		return false;
	writer_init(&w, arena);
	for (size_t i = 0; i < rows.count; i++) {
		writer_char(&w, '{');
		emit_int(&w, "leaf_index", row_int(&rows, i, LEAF_INDEX, 0));
		emit_text(&w, "stream", row_text(&rows, i, STREAM));
		emit_text(&w, "header", row_text(&rows, i, HEADER));
		emit_text(&w, "body", row_text(&rows, i, BODY));
		emit_text(&w, "nonce", row_text(&rows, i, NONCE));
		writer_puts(&w, "}\n");
		e->out->facts++;
		if (!put_checkpoints(e, &w, row_int(&rows, i, LEAF_INDEX, 0) + 1))
			return false;
	}
	return give(e, &w);
}

static bool put_entries(struct exporting *e)
{
	bool put = read_checkpoints(e);

	for (int64_t from = 0; put && from < e->sealed; from += ENTRIES_PIECE) {
		struct arena *piece = arena_new();

		put = put_piece(e, piece, from);
		if (!put)
			*e->why = text_copy(e->arena, *e->why);
		arena_free(piece);
	}
	return put;
}

static bool put_last(struct exporting *e)
{
	const struct param authority = param_uuid(e->arena, e->authority);
	struct rows newest;
	struct writer w;

	if (!store_session_read(e->session, e->arena, SQL_LOG_CHECKPOINT, &authority, 1, &newest,
				e->why))
		return false;
	*e->why = TEXT("The newest checkpoint of this log is missing. Look at it with concordatd "
		       "verify.");
	if (!newest.count)
		return false;
	writer_init(&w, e->arena);
	writer_char(&w, '{');
	emit_bool(&w, "end", true);
	emit_int(&w, "facts", e->out->facts);
	emit_int(&w, "left_out", e->out->left_out);
	emit_text(&w, "checkpoint", row_text(&newest, 0, 0));
	writer_puts(&w, "}\n");
	return give(e, &w);
}

static bool export_all(struct exporting *e)
{
	const struct param authority = param_uuid(e->arena, e->authority);
	struct text snapshot = TEXT_NONE;
	struct rows keys, sealed;

	if (!store_session_fits(e->session, e->why) ||
	    !store_session_freeze(e->session, &snapshot, e->why) ||
	    !store_session_read(e->session, e->arena, SQL_LOG_KEYS_OF, &authority, 1, &keys,
				e->why) ||
	    !store_session_read(e->session, e->arena, SQL_VERIFY_SEALED, &authority, 1, &sealed,
				e->why))
		return false;
	*e->why = TEXT("No log of that authority is sealed. Give --authority the id of an "
		       "authority.");
	if (!keys.count || !row_int(&sealed, 0, SIZE, 0))
		return false;
	e->generation = row_int(&sealed, 0, GENERATION, 1);
	e->sealed = row_int(&sealed, 0, SIZE, 0);
	e->out->left_out = row_int(&sealed, 0, HEAD, 0) - e->sealed;
	return put_first(e, &keys) && put_entries(e) && put_last(e);
}

bool log_export(const struct config *config, struct arena *arena, struct uuid authority,
		bool (*put)(void *context, struct text lines), void *context,
		struct log_exported *out, struct text *why)
{
	struct exporting e = {
		.dir = config->log_dir,
		.authority = authority,
		.put = put,
		.context = context,
		.out = out,
		.why = why,
		.arena = arena,
	};
	bool done;

	*out = (struct log_exported){0};
	e.session = store_session_open(config, arena, STORE_SERVICE, why);
	if (!e.session)
		return false;
	e.page = arena_new();
	done = export_all(&e);
	arena_free(e.page);
	store_session_close(e.session);
	return done;
}
