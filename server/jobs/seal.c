/*
 * seal.c - some logs at a time, from where they stand to their next checkpoints.
 *
 * Each group is three statements, however many logs are in it: the first reads where they stand,
 * which is judged (log_state.c); the second their next leaves; the third writes trees, checkpoints
 * and sizes together, and leaves out a log that somebody else has sealed meanwhile. Where that one
 * fails, the logs are tried singly, so that one cannot hold up the others.
 */
#include "seal.h"

#include "figures.h"
#include "grow.h"
#include "queries.h"

#include "concordat/base/report.h"

#define GROUP_MOST 32
#define LEAVES_MOST 4096 /* of one log */
#define GROUP_LEAVES_MOST 16384
#define RETRY_US (2 * US_PER_SECOND)
#define SAY_AGAIN_US (600 * US_PER_SECOND)

struct seal_log {
	struct uuid authority;
	int64_t head, to;
	struct log_filed filed;
	struct log_state state;
	struct grown grown;
	struct text origin, note;
};

struct seal_group {
	struct seal_turn *turn;
	struct arena *arena;
	struct seal_log **logs;
	size_t count;
	int64_t began_us;
};

/* ---- logs that do not fit together ---- */

static struct refused *refused_find(struct refusals *refusals, struct uuid authority)
{
	for (size_t i = 0; i < refusals->count; i++)
		if (uuid_eq(refusals->logs[i].authority, authority))
			return &refusals->logs[i];
	return NULL;
}

static bool waits(struct refusals *refusals, struct uuid authority)
{
	const struct refused *refused = refused_find(refusals, authority);

	return refused && jobs_monotonic_us() < refused->retry_us;
}

static void pardon(struct refusals *refusals, struct uuid authority)
{
	struct refused *refused = refused_find(refusals, authority);

	if (refused)
		*refused = refusals->logs[--refusals->count];
}

/* Said at once, when it is another fault than before, and every ten minutes. */
static void refuse(struct refusals *refusals, struct uuid authority, const char *fault,
		   const char *detail)
{
	struct refused *refused = refused_find(refusals, authority);
	int64_t now_us = jobs_monotonic_us();
	char id[37];

	if (!refused) {
		refused = &refusals->logs[refusals->count < REFUSED_MOST ? refusals->count++ : 0];
		*refused = (struct refused){.authority = authority};
	}
	refused->retry_us = now_us + RETRY_US;
	figure_add(&jobs_figures[LOG_REFUSALS], 0, 1);
	if (refused->fault == fault && now_us - refused->said_us < SAY_AGAIN_US)
		return;
	refused->fault = fault;
	refused->said_us = now_us;
	uuid_format(authority, id);
	report(REPORT_ERROR, "jobs",
	       "A log is not sealed any further, for what is kept of it does not agree: see "
	       "concordatd doctor",
	       "authority", id, "fault", fault, "detail", detail, NULL);
}

/* ---- the end of a group ---- */

static void group_end(struct seal_group *group)
{
	struct seal_turn *turn = group->turn;

	arena_free(group->arena);
	turn->group = NULL;
	seal_next(turn);
}

static bool may_go_on(const struct seal_turn *turn)
{
	return !turn->failed && !turn->jobs->stopping && lease_is_held(turn->lease);
}

/* ---- signing ---- */

/* To be kept outside the database; each log once in a turn. */
static void file(struct seal_turn *turn, struct uuid authority, struct text note)
{
	*LIST_ADD(turn->arena, turn->newest, turn->newest_count) =
		(struct log_newest){authority, text_copy(turn->arena, note)};
}

static void note_sealed(struct seal_turn *turn, const struct seal_log *log)
{
	figure_add(&jobs_figures[LOG_CHECKPOINTS], 0, 1);
	turn->more = turn->more || log->grown.size < log->head;
	file(turn, log->authority, log->note);
	log_note_know(log->note);
}

static void on_sealed(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct seal_group *group = context;
	struct seal_turn *turn = group->turn;

	figure_observe(&jobs_figures[LOG_SEAL_TIME], 0, jobs_monotonic_us() - group->began_us);
	for (size_t row = 0; outcome == STORE_DONE && row < rows->count; row++) {
		int64_t place = row_int(rows, row, 0, 0);

		if (place >= 1 && (size_t)place <= group->count)
			note_sealed(turn, group->logs[place - 1]);
	}
	if (outcome == STORE_BUG && turn->singly)
		refuse(turn->refused, group->logs[0]->authority, "it cannot be written", NULL);
	turn->failed = outcome != STORE_DONE && !(outcome == STORE_BUG && turn->singly);
	/* the next turn finds out which of them it is */
	turn->singly = turn->singly || outcome == STORE_BUG;
	group_end(group);
}

enum log_column { AUTHORITY, ORIGIN, GENERATION, WAS, WAS_ROOT, SIZE, ROOT, NOTE, LOG_COLUMNS };
enum tile_column { PLACE, LEVEL, N, HASHES, TILE_COLUMNS };
#define SEAL_PARAMS (LOG_COLUMNS + TILE_COLUMNS + 3)

static struct text number(struct arena *arena, int64_t n)
{
	return text_printf(arena, "%lld", (long long)n);
}

static struct text root_text(struct arena *arena, const struct digest *root)
{
	struct text hex = text_hex(arena, root->bytes, sizeof(root->bytes));

	return text_printf(arena, "\\x%.*s", TEXT_FMT(hex));
}

static void put_logs(struct seal_group *group, struct param *params)
{
	struct arena *arena = group->arena;
	struct text *column[LOG_COLUMNS];

	for (int c = 0; c < LOG_COLUMNS; c++)
		column[c] = arena_array(arena, struct text, group->count);
	for (size_t i = 0; i < group->count; i++) {
		const struct seal_log *log = group->logs[i];

		column[AUTHORITY][i] = uuid_text(arena, log->authority);
		column[ORIGIN][i] = log->origin;
		column[GENERATION][i] = number(arena, log->state.generation);
		column[WAS][i] = number(arena, log->state.size);
		column[WAS_ROOT][i] = root_text(arena, &log->state.root);
		column[SIZE][i] = number(arena, log->grown.size);
		column[ROOT][i] = root_text(arena, &log->grown.root);
		column[NOTE][i] = log->note;
	}
	for (int c = 0; c < LOG_COLUMNS; c++)
		params[c] = param_array(arena, column[c], group->count);
}

static void put_tiles(struct seal_group *group, struct param *params)
{
	struct arena *arena = group->arena;
	struct text *column[TILE_COLUMNS];
	size_t count = 0, at = 0;

	for (size_t i = 0; i < group->count; i++)
		count += group->logs[i]->grown.count;
	for (int c = 0; c < TILE_COLUMNS; c++)
		column[c] = arena_array(arena, struct text, count);
	for (size_t i = 0; i < group->count; i++) {
		const struct grown *grown = &group->logs[i]->grown;

		for (size_t row = 0; row < grown->count; row++, at++) {
			column[PLACE][at] = number(arena, (int64_t)i + 1);
			column[LEVEL][at] = grown->levels[row];
			column[N][at] = grown->ns[row];
			column[HASHES][at] = grown->hashes[row];
		}
	}
	for (int c = 0; c < TILE_COLUMNS; c++)
		params[c] = param_array(arena, column[c], count);
}

static void sign(struct seal_group *group, struct seal_log *log)
{
	const struct jobs *jobs = group->turn->jobs;
	struct checkpoint checkpoint;

	log->origin = log->state.origin;
	if (!log->origin.at)
		log->origin = log_origin(group->arena, jobs->config->public_url,
					 store_is_rehearsal(jobs->store), log->authority);
	checkpoint = (struct checkpoint){log->origin, log->grown.size, log->grown.root};
	log->note = note_sign(group->arena, checkpoint_body(group->arena, &checkpoint), log->origin,
			      group->turn->key);
}

static void seal(struct seal_group *group)
{
	const struct seal_turn *turn = group->turn;
	struct param params[SEAL_PARAMS];
	struct param *last = params + LOG_COLUMNS + TILE_COLUMNS;

	for (size_t i = 0; i < group->count; i++)
		sign(group, group->logs[i]);
	put_logs(group, params);
	put_tiles(group, params + LOG_COLUMNS);
	last[0] = PARAM_BYTES((
		(struct text){(const char *)turn->key->public_key, sizeof(turn->key->public_key)}));
	last[1] = param_uuid(group->arena, turn->jobs->holder);
	last[2] = param_int(group->arena, turn->lease->term);
	store_work(turn->jobs->store, group->arena, SQL_LOG_SEAL, params, SEAL_PARAMS, on_sealed,
		   group);
}

/* ---- leaves ---- */

static void take_leaves(struct seal_group *group, const struct rows *rows)
{
	size_t kept = 0, row = 0;

	for (size_t i = 0; i < group->count; i++) {
		struct seal_log *log = group->logs[i];
		int64_t wanted = log->to - log->state.size;
		bool here = row < rows->count && row_int(rows, row, 0, 0) == (int64_t)i + 1;

		if (here && row_int(rows, row, 2, 0) == wanted &&
		    row_text(rows, row, 1).len == (size_t)wanted * sizeof(struct digest)) {
			grow(group->arena, &log->state, row_text(rows, row, 1), &log->grown);
			group->logs[kept++] = log;
		} else {
			refuse(group->turn->refused, log->authority,
			       "entries are missing from what was recorded", NULL);
		}
		row += here;
	}
	group->count = kept;
}

static void on_leaves(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct seal_group *group = context;

	group->turn->failed = outcome != STORE_DONE;
	if (may_go_on(group->turn))
		take_leaves(group, rows);
	if (may_go_on(group->turn) && group->count)
		seal(group);
	else
		group_end(group);
}

static void read_leaves(struct seal_group *group)
{
	struct arena *arena = group->arena;
	struct text *ids = arena_array(arena, struct text, group->count);
	struct text *from = arena_array(arena, struct text, group->count);
	struct text *to = arena_array(arena, struct text, group->count);
	struct param params[4];

	for (size_t i = 0; i < group->count; i++) {
		ids[i] = uuid_text(arena, group->logs[i]->authority);
		from[i] = number(arena, group->logs[i]->state.size);
		to[i] = number(arena, group->logs[i]->to);
	}
	params[0] = param_array(arena, ids, group->count);
	params[1] = param_array(arena, from, group->count);
	params[2] = param_array(arena, to, group->count);
	params[3] = param_int(arena, LEAVES_MOST);
	store_work(group->turn->jobs->store, arena, SQL_LOG_NEXT_LEAVES, params, 4, on_leaves,
		   group);
}

/* ---- where they stand ---- */

/* How far it goes now; 0: there is nothing to do. */
static int64_t goal_of(struct seal_turn *turn, const struct seal_log *log, int64_t *room)
{
	int64_t count = log->head - log->state.size;

	if (count > LEAVES_MOST)
		count = LEAVES_MOST;
	if (count > *room)
		count = *room;
	turn->more = turn->more || log->state.size + count < log->head;
	*room -= count > 0 ? count : 0;
	return count > 0 ? log->state.size + count : 0;
}

/* A file that could not be written, or is lost. */
static bool lags_outside(const struct seal_log *log)
{
	return log->state.size > 0 &&
	       (!log->filed.there || !text_eq(log->filed.checkpoint.origin, log->state.origin) ||
		log->filed.checkpoint.size < log->state.size);
}

static void judge(struct seal_group *group, const struct rows *rows)
{
	struct seal_turn *turn = group->turn;
	int64_t room = GROUP_LEAVES_MOST;
	size_t kept = 0;

	for (size_t i = 0; i < group->count; i++) {
		struct seal_log *log = group->logs[i];
		const char *fault;

		if (!log_state_take(rows, i, &log->state))
			continue;
		fault = log_state_fault(&log->state, &log->filed, turn->keys, turn->key_count);
		if (fault) {
			refuse(turn->refused, log->authority, fault, NULL);
			continue;
		}
		pardon(turn->refused, log->authority);
		log->to = turn->filing_only ? 0 : goal_of(turn, log, &room);
		if (log->to)
			group->logs[kept++] = log;
		else if (lags_outside(log))
			file(turn, log->authority, log->state.note);
	}
	group->count = kept;
}

static void on_state(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct seal_group *group = context;

	group->turn->failed = outcome != STORE_DONE;
	if (may_go_on(group->turn))
		judge(group, rows);
	if (may_go_on(group->turn) && group->count)
		read_leaves(group);
	else
		group_end(group);
}

/* The next log joins, unless what is kept of it outside cannot be read. */
static void join(struct seal_group *group, struct uuid authority, int64_t head)
{
	struct seal_turn *turn = group->turn;
	struct seal_log *log = arena_make(group->arena, struct seal_log);
	struct text why = turn->filed_why;

	log->authority = authority;
	log->head = head;
	if (!why.at && log_filed_find(group->arena, turn->filed, authority, turn->keys,
				      turn->key_count, &log->filed, &why))
		group->logs[group->count++] = log;
	else
		refuse(turn->refused, authority, "its checkpoint in log_dir cannot be relied on",
		       text_cstr(group->arena, why));
}

static void read_state(struct seal_group *group)
{
	struct uuid *ids = arena_array(group->arena, struct uuid, group->count);
	const struct log_filed **filed =
		arena_array(group->arena, const struct log_filed *, group->count);
	struct param params[LOG_STATE_PARAMS];

	for (size_t i = 0; i < group->count; i++) {
		ids[i] = group->logs[i]->authority;
		filed[i] = &group->logs[i]->filed;
	}
	log_state_params(group->arena, ids, filed, group->count, params);
	store_work(group->turn->jobs->store, group->arena, SQL_LOG_STATE, params, LOG_STATE_PARAMS,
		   on_state, group);
}

void seal_next(struct seal_turn *turn)
{
	struct arena *arena = arena_new();
	struct seal_group *group = arena_make(arena, struct seal_group);
	size_t most = turn->singly ? 1 : GROUP_MOST;

	group->turn = turn;
	group->arena = arena;
	group->began_us = jobs_monotonic_us();
	group->logs = arena_array(arena, struct seal_log *, most);
	for (; may_go_on(turn) && group->count < most && turn->at < turn->behind->count;
	     turn->at++) {
		struct uuid authority = row_uuid(turn->behind, turn->at, BEHIND_AUTHORITY);

		if (!waits(turn->refused, authority))
			join(group, authority, row_int(turn->behind, turn->at, BEHIND_HEAD, 0));
	}
	if (group->count) {
		turn->group = group;
		read_state(group);
		return;
	}
	arena_free(arena);
	turn->on_done(turn->context);
}
