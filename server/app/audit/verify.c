/*
 * verify.c - reads what check.h judges: who there is, the ledgers in ranges, and hands them on one
 * after another.
 *
 * A checkpoint kept outside the database is read before the moment that the database is read at:
 * what was published by then must be in it.
 */
#include "audit/verifier.h"

#include "queries.h"

#define RANGE_ENTRIES "2000" /* of one unit, and those of one ledger more */

/* ---- the plan ---- */

/* False when they could not be read. */
static bool read_keys(struct store_session *session, struct arena *arena, const char *dir,
		      uint8_t (**keys)[32], size_t *count, struct text *why)
{
	struct rows rows;

	if (!store_session_read(session, arena, SQL_LOG_KEYS, NULL, 0, &rows, why))
		return false;
	*count = log_keys_take(arena, &rows, keys);
	return log_keys_vouched(arena, dir, NULL, *keys, count, why);
}

static bool ask(struct verify_plan *plan, struct arena *arena, const char *sql,
		const struct param *params, size_t count, struct rows *rows, struct text *why)
{
	return store_session_read(plan->session, arena, sql, params, count, rows, why);
}

/* What lies in log_dir of each authority there is, in the order of rows. */
static bool read_filed(struct verify_plan *plan, struct arena *arena, const struct rows *rows,
		       struct text *why)
{
	uint8_t(*keys)[32];
	size_t key_count;

	if (!read_keys(plan->session, arena, plan->config->log_dir, &keys, &key_count, why))
		return false;
	plan->filed = arena_array(arena, struct log_filed, rows->count);
	plan->filed_why = arena_array(arena, struct text, rows->count);
	for (size_t i = 0; i < rows->count; i++) {
		struct text flaw = TEXT_NONE;

		if (!log_filed_read(arena, plan->config->log_dir, row_uuid(rows, i, 0), keys,
				    key_count, &plan->filed[i], &flaw))
			plan->filed_why[i] = flaw;
	}
	return true;
}

/* Those that were there before the moment: what is newer has nothing to be checked yet. */
static bool list_authorities(struct verify_plan *plan, struct arena *arena, struct uuid only,
			     const struct rows *before, struct text *why)
{
	struct rows rows;

	if (!ask(plan, arena, SQL_VERIFY_AUTHORITIES, NULL, 0, &rows, why))
		return false;
	plan->authorities = arena_array(arena, struct verify_authority, before->count);
	for (size_t i = 0, b = 0; i < rows.count; i++) {
		struct uuid id = row_uuid(&rows, i, 0);
		size_t at = plan->authority_count;

		while (b < before->count && uuid_compare(row_uuid(before, b, 0), id) < 0)
			b++;
		if (b == before->count || !uuid_eq(row_uuid(before, b, 0), id) ||
		    (!uuid_is_zero(only) && !uuid_eq(only, id)))
			continue;
		plan->filed[at] = plan->filed[b];
		plan->filed_why[at] = plan->filed_why[b];
		plan->authorities[at] = (struct verify_authority){id, row_text(&rows, i, 1),
								  row_int(&rows, i, 2, 0)};
		plan->authority_count++;
	}
	*why = TEXT("No authority with that id has a log here.");
	return plan->authority_count || uuid_is_zero(only);
}

static bool list_ranges(struct verify_plan *plan, struct arena *arena, size_t authority,
			struct text *why)
{
	const struct param params[] = {param_uuid(arena, plan->authorities[authority].id),
				       PARAM(TEXT(RANGE_ENTRIES))};
	struct uuid after = {{0}};
	struct rows rows;

	if (!ask(plan, arena, SQL_VERIFY_RANGES, params, 2, &rows, why))
		return false;
	for (size_t i = 0; i == 0 || i < rows.count; i++) {
		struct verify_unit *unit = LIST_ADD(arena, plan->units, plan->unit_count);

		unit->authority = authority;
		unit->after = after;
		/* the last one goes to the end, for ledgers that no row names */
		if (i + 1 < rows.count)
			after = unit->upto = row_uuid(&rows, i, 0);
		unit->entries = rows.count ? row_int(&rows, i, 1, 0) : 0;
		plan->entries += unit->entries;
	}
	return true;
}

static bool plan_units(struct verify_plan *plan, struct arena *arena, struct uuid only,
		       struct text *why)
{
	struct rows before;

	if (!ask(plan, arena, SQL_VERIFY_AUTHORITIES, NULL, 0, &before, why) ||
	    !read_filed(plan, arena, &before, why) ||
	    !store_session_freeze(plan->session, &plan->snapshot, why) ||
	    !list_authorities(plan, arena, only, &before, why))
		return false;
	for (size_t i = 0; i < plan->authority_count; i++)
		*LIST_ADD(arena, plan->units, plan->unit_count) =
			(struct verify_unit){.authority = i, .log = true};
	for (size_t i = 0; i < plan->authority_count; i++)
		if (!list_ranges(plan, arena, i, why))
			return false;
	return true;
}

bool verify_plan_make(const struct config *config, struct arena *arena, struct uuid only,
		      struct verify_plan *out, struct text *why)
{
	struct app app = {.config = config, .arena = arena};

	*out = (struct verify_plan){.config = config};
	if (keys_open(&app, arena, &out->keyless)) {
		out->keyless = TEXT_NONE;
		keys_close(&app);
	}
	out->session = store_session_open(config, arena, STORE_SERVICE, why);
	if (!out->session)
		return false;
	if (store_session_fits(out->session, why) && plan_units(out, arena, only, why))
		return true;
	verify_plan_end(out);
	return false;
}

void verify_plan_end(struct verify_plan *plan)
{
	store_session_close(plan->session);
	plan->session = NULL;
}

/* ---- whoever checks ---- */

static bool begin(struct verifier *v, struct arena *arena, struct text *why)
{
	struct text snapshot = v->plan->snapshot;
	struct rows rows;

	if (!store_session_freeze(v->session, &snapshot, why) ||
	    !store_session_read(v->session, arena, SQL_VERIFY_WORLD, NULL, 0, &rows, why))
		return false;
	v->history_since_us = row_int(&rows, 0, 0, NEVER_US);
	v->now_us = row_int(&rows, 0, 1, 0);
	if (!read_keys(v->session, arena, v->plan->config->log_dir, &v->keys, &v->key_count, why) ||
	    !store_session_read(v->session, arena, SQL_REFERENCE_ALL, NULL, 0, &rows, why))
		return false;
	v->reference = generation_build(&v->app, &rows);
	return true;
}

struct verifier *verifier_open(const struct verify_plan *plan, struct arena *arena,
			       struct text *why)
{
	struct verifier *v = arena_make(arena, struct verifier);
	struct text keyless;

	*v = (struct verifier){.plan = plan, .app = {.config = plan->config, .arena = arena}};
	v->session = store_session_open(plan->config, arena, STORE_SERVICE, why);
	if (!v->session)
		return NULL;
	v->has_keys = keys_open(&v->app, arena, &keyless);
	if (begin(v, arena, why))
		return v;
	verifier_close(v);
	return NULL;
}

void verifier_close(struct verifier *v)
{
	if (v->has_keys)
		keys_close(&v->app);
	if (v->reference)
		arena_free(v->reference->arena);
	store_session_close(v->session);
}

/* ---- ledgers in a range ---- */

static const char *const *const set_statements[LEDGER_SETS] = {
	[SET_STREAM] = &SQL_VERIFY_STREAMS,
	[SET_FACTS] = &SQL_VERIFY_FACTS,
	[SET_PLACEMENT] = &SQL_VERIFY_PLACEMENTS,
	[SET_PARTIES] = &SQL_VERIFY_PARTIES,
	[SET_OBLIGATIONS] = &SQL_VERIFY_OBLIGATIONS,
	[SET_WERE] = &SQL_VERIFY_OBLIGATIONS_WERE,
	[SET_TEXTS] = &SQL_VERIFY_TEXTS,
	[SET_PERSON] = &SQL_VERIFY_PEOPLE,
};

/* The least ledger that any set goes on with; absent at the end. */
static struct text next_ledger(const struct ledger *l)
{
	struct text least = TEXT_NONE;

	for (size_t i = 0; i < LEDGER_SETS; i++) {
		const struct slice *set = &l->sets[i];
		struct text id =
			set->to < set->rows->count ? row_text(set->rows, set->to, 0) : TEXT_NONE;

		if (id.at && (!least.at || text_compare(id, least) < 0))
			least = id;
	}
	return least;
}

static void take_ledger(struct ledger *l, struct text id)
{
	for (size_t i = 0; i < LEDGER_SETS; i++) {
		struct slice *set = &l->sets[i];

		set->from = set->to;
		while (set->to < set->rows->count && text_eq(row_text(set->rows, set->to, 0), id))
			set->to++;
	}
}

static bool check_range(struct verifier *v, const struct verify_unit *unit, struct check *check,
			struct arena *scratch, struct text *why)
{
	struct ledger l = {
		.authority = v->plan->authorities[unit->authority].id,
		.reference = v->reference,
		.keys = v->has_keys ? &v->app : NULL,
		.history_since_us = v->history_since_us,
		.now_us = v->now_us,
	};
	const struct param params[] = {param_uuid(scratch, l.authority),
				       param_uuid(scratch, unit->after),
				       param_uuid(scratch, unit->upto)};
	struct text id;

	for (size_t i = 0; i < LEDGER_SETS; i++) {
		struct rows *rows = arena_make(scratch, struct rows);

		if (!store_session_read(v->session, scratch, *set_statements[i], params, 3, rows,
					why))
			return false;
		l.sets[i].rows = rows;
	}
	while ((id = next_ledger(&l)).at) {
		take_ledger(&l, id);
		if (uuid_parse(id, &l.id))
			ledger_check(check, &l);
	}
	return true;
}

bool verifier_check(struct verifier *v, const struct verify_unit *unit, struct arena *arena,
		    struct verified *out, struct text *why)
{
	struct check check = {.arena = arena, .out = out};
	struct arena *scratch;
	bool done;

	*out = (struct verified){0};
	if (unit->log)
		return verify_log(v, unit, arena, out, why);
	scratch = arena_new();
	done = check_range(v, unit, &check, scratch, why);
	if (!done)
		*why = text_copy(arena, *why);
	arena_free(scratch);
	return done;
}
