/*
 * verify_log.c - reads a log from its first leaf to its last, and judges what was signed over it.
 *
 * The leaves come in pieces and make the tree again; a tile, a checkpoint or the root that was
 * sealed is compared when its size is reached. Where a leaf is not the one in its tile, the next
 * checkpoint tells which of the two was changed: until then it stands open.
 */
#include "audit/verifier.h"

#include <string.h>

#include "queries.h"

#define LEAVES_PIECE 65536
#define TILES_PIECE 256

enum sealed_column { ORIGIN, GENERATION, SIZE, ROOT, HEAD, TILES, LAST_LEAF };
enum checkpoint_column { AT, OF_GENERATION, NOTED_ROOT, NOTE };
enum restart_column { BEGAN, OLD_ORIGIN, BEGAN_AT, REASON };

struct walk {
	struct verifier *v;
	struct check check;
	struct arena *arena; /* as long as the walk */
	struct uuid authority;
	const struct log_filed *filed;
	struct text *why; /* of a database that failed */
	bool failed;

	struct rows sealed, restarts;
	int64_t size, head; /* sealed; recorded */
	struct tree_check *tree;
	int64_t tiles_made;

	struct arena *page; /* of checkpoints */
	struct rows checkpoints;
	size_t checkpoint;
	int64_t newest; /* size of the last of this generation */

	struct arena *tile_page;
	struct rows tiles;
	int tiles_level;
	int64_t tiles_from, tiles_to;

	int64_t open_leaf; /* that is another in its tile; -1: none */
	struct digest open_is, open_tile;
};

static struct text log_key(struct walk *w)
{
	return text_printf(w->arena, "log of %.*s", TEXT_FMT(uuid_text(w->arena, w->authority)));
}

static bool ask(struct walk *w, struct arena *arena, const char *sql, const struct param *params,
		size_t count, struct rows *rows)
{
	if (!w->failed)
		w->failed =
			!store_session_read(w->v->session, arena, sql, params, count, rows, w->why);
	return !w->failed;
}

static struct text digest_words(struct walk *w, const struct digest *digest)
{
	return text_base64(w->arena, digest->bytes, sizeof(digest->bytes));
}

/* ---- tiles ---- */

static const struct text *find_tile(struct walk *w, int level, int64_t n)
{
	struct param params[4];

	if (level != w->tiles_level || n < w->tiles_from || n >= w->tiles_to) {
		arena_free(w->tile_page);
		w->tile_page = arena_new();
		w->tiles = (struct rows){0};
		w->tiles_level = level;
		w->tiles_from = n;
		w->tiles_to = level ? n + 1 : n + TILES_PIECE;
		params[0] = param_uuid(w->tile_page, w->authority);
		params[1] = param_int(w->tile_page, level);
		params[2] = param_int(w->tile_page, n);
		params[3] = param_int(w->tile_page, w->tiles_to);
		ask(w, w->tile_page, SQL_VERIFY_TILES, params, 4, &w->tiles);
	}
	for (size_t i = 0; i < w->tiles.count; i++)
		if (row_int(&w->tiles, i, 0, -1) == n)
			return &w->tiles.cells[i * w->tiles.columns + 1];
	return NULL;
}

static void tile_fault(struct walk *w, int level, int64_t n, struct text sentence)
{
	struct text key = log_key(w);

	/* the leaf that stands open comes before everything that it leads to */
	if (w->open_leaf >= 0)
		w->check.out->faults[CHECK_LOG_TILE]++;
	else
		verify_fault(&w->check, CHECK_LOG_TILE,
			     text_printf(w->arena, "%.*s, level %d, n %lld", TEXT_FMT(key), level,
					 (long long)n),
			     "%.*s", TEXT_FMT(sentence));
}

static void on_tile(void *context, int level, int64_t n, const struct tile *made)
{
	struct walk *w = context;
	const struct text *bytes = find_tile(w, level, n);
	struct tile is;

	w->tiles_made++;
	if (w->failed)
		return;
	if (!bytes) {
		tile_fault(w, level, n, TEXT("the row is missing."));
		return;
	}
	if (!tile_decode(*bytes, &is) || is.width != made->width) {
		tile_fault(w, level, n,
			   text_printf(w->arena, "it is %zu bytes long and should be %zu.",
				       bytes->len, made->width * sizeof(struct digest)));
		return;
	}
	for (size_t i = 0; i < is.width; i++) {
		if (digest_eq(&is.hashes[i], &made->hashes[i]))
			continue;
		if (level == 0 && w->open_leaf < 0) {
			w->open_leaf = n * TILE_WIDTH + (int64_t)i;
			w->open_is = made->hashes[i];
			w->open_tile = is.hashes[i];
		} else {
			tile_fault(w, level, n,
				   text_printf(w->arena, "hash %zu is %.*s and should be %.*s.", i,
					       TEXT_FMT(digest_words(w, &is.hashes[i])),
					       TEXT_FMT(digest_words(w, &made->hashes[i]))));
		}
		return;
	}
}

/* Whether the root that was signed is that of the leaves that are there. */
static void close_leaf(struct walk *w, bool leaves_hold)
{
	const struct param params[] = {param_uuid(w->arena, w->authority),
				       param_int(w->arena, w->open_leaf)};
	int64_t leaf = w->open_leaf;
	struct text key;
	struct rows rows;

	if (leaf < 0)
		return;
	w->open_leaf = -1;
	if (leaves_hold) {
		tile_fault(w, 0, leaf / TILE_WIDTH,
			   text_printf(w->arena, "hash %lld is %.*s and should be %.*s.",
				       (long long)(leaf % TILE_WIDTH),
				       TEXT_FMT(digest_words(w, &w->open_tile)),
				       TEXT_FMT(digest_words(w, &w->open_is))));
		return;
	}
	if (!ask(w, w->arena, SQL_VERIFY_LEAF, params, 2, &rows) || !rows.count)
		return;
	key = verify_key(w->arena, row_uuid(&rows, 0, 0), row_int(&rows, 0, 1, 0));
	verify_fault(&w->check, CHECK_FACT,
		     text_printf(w->arena, "%.*s, leaf %lld", TEXT_FMT(key), (long long)leaf),
		     "leaf_hash is %.*s, and was %.*s when the log was sealed.",
		     TEXT_FMT(digest_words(w, &w->open_is)),
		     TEXT_FMT(digest_words(w, &w->open_tile)));
}

/* ---- what was signed ---- */

/* The origin that the log had then. */
static struct text origin_of(const struct walk *w, int64_t generation)
{
	for (size_t i = 0; i < w->restarts.count; i++)
		if (row_int(&w->restarts, i, BEGAN, 0) > generation)
			return row_text(&w->restarts, i, OLD_ORIGIN);
	return row_text(&w->sealed, 0, ORIGIN);
}

static void checkpoint_fault(struct walk *w, size_t row, const char *format, struct text is,
			     struct text should)
{
	struct text key = log_key(w);

	key = text_printf(w->arena, "%.*s, generation %lld, size %lld", TEXT_FMT(key),
			  (long long)row_int(&w->checkpoints, row, OF_GENERATION, 0),
			  (long long)row_int(&w->checkpoints, row, AT, 0));
	verify_fault(&w->check, CHECK_LOG_CHECKPOINT, key, "%s %.*s and should be %.*s.", format,
		     TEXT_FMT(is), TEXT_FMT(should));
}

static void check_checkpoint(struct walk *w, size_t row)
{
	struct text origin = origin_of(w, row_int(&w->checkpoints, row, OF_GENERATION, 0));
	int64_t size = row_int(&w->checkpoints, row, AT, 0);
	struct arena *scratch = arena_new();
	struct digest root = tree_check_root(w->tree), stored = {{0}};
	struct checkpoint noted = {0};
	const char *flaw = "";
	bool opens = origin.at &&
		     checkpoint_open(row_text(&w->checkpoints, row, NOTE),
				     log_keys_named(scratch, origin, w->v->keys, w->v->key_count),
				     w->v->key_count, &noted, &flaw);

	w->check.out->checkpoints++;
	row_digest(&w->checkpoints, row, NOTED_ROOT, &stored);
	if (!opens)
		checkpoint_fault(w, row, "note is not signed by a key of this log", text_of(flaw),
				 TEXT("a checkpoint of it"));
	else if (noted.size != size)
		checkpoint_fault(w, row, "size is", cell_int(w->arena, size),
				 cell_int(w->arena, noted.size));
	else if (!digest_eq(&noted.root, &stored))
		checkpoint_fault(w, row, "root is", digest_words(w, &stored),
				 digest_words(w, &noted.root));
	else {
		close_leaf(w, digest_eq(&noted.root, &root));
		if (!digest_eq(&noted.root, &root))
			checkpoint_fault(w, row, "the root of the entries is",
					 digest_words(w, &root), digest_words(w, &noted.root));
	}
	arena_free(scratch);
}

/* The next page, behind the last of this one. */
static void read_checkpoints(struct walk *w)
{
	struct arena *page = arena_new();
	struct param params[3] = {param_uuid(page, w->authority), param_int(page, 0),
				  param_int(page, 0)};

	if (w->checkpoints.count) {
		params[1] = PARAM(row_text(&w->checkpoints, w->checkpoints.count - 1, AT));
		params[2] =
			PARAM(row_text(&w->checkpoints, w->checkpoints.count - 1, OF_GENERATION));
	}
	w->checkpoint = 0;
	if (!ask(w, page, SQL_VERIFY_CHECKPOINTS, params, 3, &w->checkpoints))
		w->checkpoints.count = 0;
	arena_free(w->page);
	w->page = page;
}

static void check_filed(struct walk *w)
{
	const struct checkpoint *c = &w->filed->checkpoint;
	struct digest root = tree_check_root(w->tree);

	if (!digest_eq(&c->root, &root))
		verify_fault(&w->check, CHECK_LOG_DIR, log_key(w),
			     "a checkpoint of %lld entries was published with the root %.*s, and "
			     "these have %.*s.",
			     (long long)c->size, TEXT_FMT(digest_words(w, &c->root)),
			     TEXT_FMT(digest_words(w, &root)));
}

static void check_seal(struct walk *w)
{
	struct digest root = tree_check_root(w->tree), sealed = {{0}};

	if (!row_digest(&w->sealed, 0, ROOT, &sealed) || !digest_eq(&root, &sealed))
		verify_fault(&w->check, CHECK_LOG_SEAL, log_key(w),
			     "root is %.*s and should be %.*s, of its %lld entries.",
			     TEXT_FMT(digest_words(w, &sealed)), TEXT_FMT(digest_words(w, &root)),
			     (long long)w->size);
}

/* Whatever was said of the size that is reached. */
static void reach(struct walk *w)
{
	int64_t size = tree_check_size(w->tree);

	while (w->checkpoint < w->checkpoints.count &&
	       row_int(&w->checkpoints, w->checkpoint, AT, 0) <= size) {
		check_checkpoint(w, w->checkpoint);
		if (row_int(&w->checkpoints, w->checkpoint, OF_GENERATION, 0) ==
		    row_int(&w->sealed, 0, GENERATION, 1))
			w->newest = row_int(&w->checkpoints, w->checkpoint, AT, 0);
		if (++w->checkpoint == w->checkpoints.count)
			read_checkpoints(w);
	}
	if (!row_is_null(&w->sealed, 0, ORIGIN) && size == w->size)
		check_seal(w);
	if (w->filed->there && size == w->filed->checkpoint.size &&
	    text_eq(w->filed->checkpoint.origin, row_text(&w->sealed, 0, ORIGIN)))
		check_filed(w);
}

/* ---- leaves ---- */

static bool add_piece(struct walk *w, int64_t from, int64_t to)
{
	struct arena *piece = arena_new();
	const struct param params[] = {param_uuid(piece, w->authority), param_int(piece, from),
				       param_int(piece, to)};
	struct rows rows, gap;
	struct text leaves;
	bool whole = false;

	if (ask(w, piece, SQL_LOG_LEAVES, params, 3, &rows)) {
		leaves = row_text(&rows, 0, 0);
		whole = row_int(&rows, 0, 1, 0) == to - from &&
			leaves.len == (size_t)(to - from) * sizeof(struct digest);
		for (size_t at = 0; whole && at < leaves.len; at += sizeof(struct digest)) {
			tree_check_add(w->tree, (const struct digest *)(leaves.at + at));
			reach(w);
		}
	}
	if (!whole && ask(w, piece, SQL_VERIFY_FIRST_GAP, params, 3, &gap) && gap.count)
		verify_fault(&w->check, CHECK_FACT, log_key(w),
			     "the entry with leaf_index %lld is missing; log_head.size is %lld.",
			     (long long)row_int(&gap, 0, 0, 0), (long long)w->head);
	arena_free(piece);
	return whole && !w->failed;
}

/* ---- the ends ---- */

static void check_head(struct walk *w)
{
	int64_t last = row_int(&w->sealed, 0, LAST_LEAF, -1);

	if (row_is_null(&w->sealed, 0, HEAD))
		verify_fault(&w->check, CHECK_LOG_HEAD, log_key(w), "the row is missing.");
	else if (last >= w->head)
		verify_fault(&w->check, CHECK_LOG_HEAD, log_key(w),
			     "size is %lld and should be %lld, by the last entry's leaf_index.",
			     (long long)w->head, (long long)last + 1);
}

static void check_ahead(struct walk *w)
{
	const struct checkpoint *c = &w->filed->checkpoint;
	bool old = false;

	if (w->size > w->head)
		verify_fault(&w->check, CHECK_LOG_SEAL, log_key(w),
			     "size is %lld, and there are %lld entries: the last are lost.",
			     (long long)w->size, (long long)w->head);
	if (!w->filed->there)
		return;
	for (size_t i = 0; i < w->restarts.count; i++)
		old = old || text_eq(c->origin, row_text(&w->restarts, i, OLD_ORIGIN));
	if (!text_eq(c->origin, row_text(&w->sealed, 0, ORIGIN))) {
		if (!old)
			verify_fault(&w->check, CHECK_LOG_DIR, log_key(w),
				     "a checkpoint of %.*s was published; log_seal.origin is %.*s.",
				     TEXT_FMT(c->origin),
				     TEXT_FMT(cell_words(w->arena, CELL_WORD,
							 row_text(&w->sealed, 0, ORIGIN))));
	} else if (c->size > w->size) {
		verify_fault(&w->check, CHECK_LOG_DIR, log_key(w),
			     "a checkpoint of %lld entries was published, and %lld are sealed "
			     "here: an older backup was put back, or entries are lost.",
			     (long long)c->size, (long long)w->size);
	}
}

static void check_rest(struct walk *w)
{
	close_leaf(w, true);
	while (w->checkpoint < w->checkpoints.count && !w->failed) {
		checkpoint_fault(
			w, w->checkpoint, "the number of entries is",
			cell_int(w->arena, tree_check_size(w->tree)),
			cell_int(w->arena, row_int(&w->checkpoints, w->checkpoint, AT, 0)));
		if (++w->checkpoint == w->checkpoints.count)
			read_checkpoints(w);
	}
	if (w->newest != w->size && !row_is_null(&w->sealed, 0, ORIGIN))
		verify_fault(&w->check, CHECK_LOG_SEAL, log_key(w),
			     "size is %lld, and the newest checkpoint is of %lld entries.",
			     (long long)w->size, (long long)w->newest);
	if (row_int(&w->sealed, 0, TILES, 0) > w->tiles_made)
		verify_fault(&w->check, CHECK_LOG_TILE, log_key(w),
			     "there are %lld rows and should be %lld.",
			     (long long)row_int(&w->sealed, 0, TILES, 0), (long long)w->tiles_made);
}

static void remark(struct walk *w, struct arena *arena)
{
	size_t last = w->restarts.count - 1;

	if (!w->restarts.count)
		return;
	w->check.out->remark =
		text_printf(arena,
			    "its log began again as %.*s on %.*s, because: %.*s Checkpoints of "
			    "%.*s that others "
			    "hold and that are not here cannot be compared.",
			    TEXT_FMT(row_text(&w->sealed, 0, ORIGIN)),
			    TEXT_FMT(instant_text(arena, row_int(&w->restarts, last, BEGAN_AT, 0))),
			    TEXT_FMT(row_text(&w->restarts, last, REASON)),
			    TEXT_FMT(row_text(&w->restarts, last, OLD_ORIGIN)));
}

static void walk(struct walk *w)
{
	bool whole = true;

	check_ahead(w);
	read_checkpoints(w);
	reach(w);
	while (whole && tree_check_size(w->tree) < w->head) {
		int64_t from = tree_check_size(w->tree), to = from + LEAVES_PIECE;

		whole = add_piece(w, from, to < w->head ? to : w->head);
	}
	check_head(w);
	if (whole)
		check_rest(w);
}

bool verify_log(struct verifier *v, const struct verify_unit *unit, struct arena *arena,
		struct verified *out, struct text *why)
{
	struct arena *scratch = arena_new();
	struct walk w = {
		.v = v,
		.check = {.arena = arena, .out = out},
		.arena = scratch,
		.authority = v->plan->authorities[unit->authority].id,
		.filed = &v->plan->filed[unit->authority],
		.why = why,
		.tiles_level = -1,
		.open_leaf = -1,
	};
	const struct param authority = param_uuid(scratch, w.authority);
	struct text filed_why = v->plan->filed_why[unit->authority];

	w.page = arena_new();
	w.tile_page = arena_new();
	if (filed_why.at)
		verify_fault(&w.check, CHECK_LOG_DIR, log_key(&w), "%.*s.", TEXT_FMT(filed_why));
	if (ask(&w, scratch, SQL_VERIFY_SEALED, &authority, 1, &w.sealed) &&
	    ask(&w, scratch, SQL_VERIFY_RESTARTS, &authority, 1, &w.restarts)) {
		w.size = out->sealed = row_int(&w.sealed, 0, SIZE, 0);
		w.head = row_int(&w.sealed, 0, HEAD, row_int(&w.sealed, 0, LAST_LEAF, -1) + 1);
		w.tree = tree_check_new(scratch, w.size, on_tile, &w);
		walk(&w);
		remark(&w, arena);
	}
	if (w.failed)
		*why = text_copy(arena, *why);
	arena_free(w.tile_page);
	arena_free(w.page);
	arena_free(scratch);
	return !w.failed;
}
