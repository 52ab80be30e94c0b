/*
 * load.c - the one read that a move or a look begins with, and brings what is held up to date.
 *
 * Each read asks for the facts newer than those held when it was sent. When it comes back the held
 * placement may have moved on, or have been put out: rows already folded are skipped, and a gap
 * means reading again from the start. What is held is never trusted by itself: every load asks the
 * database, and no new row, over connections that have lasted since it was read, is what says that
 * it is fresh. Only a move may be decided on what is
 * held (load_held), because its append does not happen unless that was fresh.
 */
#include <string.h>

#include "call/figures.h"
#include "held/cache.h"

#include "concordat/base/report.h"
#include "concordat/wire/fact.h"
#include "queries.h"

#define READS_MOST 8 /* of one load, where others are at work on the same placement */

struct load {
	struct app *app;
	struct arena *arena;
	struct uuid organisation, placement, key_user, key;
	void (*on_loaded)(const struct loaded *loaded, void *context);
	void *context;
	int32_t since; /* the seq held when the read was sent */
	int reads;
	bool looked_again; /* for a newer calendar */
	const struct rows *rows;
	size_t first; /* of the rows, that holds a fact */
	struct loaded loaded;
};

enum part { PART_RECEIPT = 1, PART_PARTY, PART_FACT };
enum column { PART, AUTHORITY, STREAM, A, B, C, AT, BYTES, BODY };

static void load_read(struct load *load);

/* ---- a load ---- */

static void load_end(struct load *load)
{
	load->on_loaded(&load->loaded, load->context);
}

static void load_broken(struct load *load, int32_t seq, struct text why)
{
	struct held *held = cache_find(load->app->cache, load->placement);
	char id[37];

	uuid_format(load->placement, id);
	report(REPORT_ERROR, "app", "A placement cannot be folded and is not served", "placement",
	       id, "entry", text_cstr(load->arena, text_printf(load->arena, "%d", seq)), "why",
	       text_cstr(load->arena, why), NULL);
	if (held)
		cache_drop(load->app->cache, held);
	load->loaded.broken = true;
	load_end(load);
}

static enum folded fold_row(struct held *held, const struct rows *rows, size_t row,
			    struct text *why)
{
	struct text hash = row_text(rows, row, BYTES);
	struct digest leaf_hash;

	if (hash.len != sizeof(leaf_hash.bytes)) {
		*why = TEXT("its leaf hash is not 32 bytes");
		return FOLD_FAILED;
	}
	memcpy(leaf_hash.bytes, hash.at, sizeof(leaf_hash.bytes));
	return cache_fold(held, (int32_t)row_int(rows, row, A, 0), row_int(rows, row, AT, 0),
			  &leaf_hash, row_text(rows, row, BODY), why);
}

static void load_again(struct load *load)
{
	if (++load->reads < READS_MOST)
		load_read(load);
	else
		load_broken(load, load->since, TEXT("there is a gap in its entries"));
}

static void load_give(struct load *load, struct held *held)
{
	struct cache *cache = load->app->cache;
	const struct placement *placement = held->placement;
	const struct fact *opening = placement->facts[0];

	load->loaded.settings =
		reference_under(load->app, load->loaded.settings, opening->protocol);
	if (!load->loaded.settings) {
		load_broken(load, opening->seq, TEXT("the protocol it runs under is not loaded"));
		return;
	}
	load->loaded.placement = placement;
	cache->given = held;
	load_keep(load->app);
	load_end(load);
	cache->given = NULL;
	load_release(held);
}

static enum cache_load load_result(const struct load *load)
{
	if (!load->since)
		return LOAD_MISS;
	return load->first < load->rows->count ? LOAD_BEHIND : LOAD_HIT;
}

/* Whether another brought the placement further than this read has seen: its own key may then have
 * been recorded meanwhile, and a version it no longer names would be held against it. */
static bool is_passed(const struct load *load, const struct held *held)
{
	const struct rows *rows = load->rows;
	int32_t seen = load->first < rows->count ? (int32_t)row_int(rows, rows->count - 1, A, 0)
						 : load->since;

	return !uuid_is_zero(load->key) && !load->loaded.receipt.found &&
	       held->placement->seq > seen && load->reads + 1 < READS_MOST;
}

static void on_looked_again(void *context)
{
	load_read(context);
}

static void load_fold(struct load *load, struct uuid authority)
{
	struct cache *cache = load->app->cache;
	struct text why = TEXT_NONE;
	enum folded folded;
	struct held *held;

	cache_trust(load->app); /* the connection may have been lost since it was asked */
	held = cache_find(cache, load->placement);
	if (!held && load->since > 0) {
		load_again(load);
		return;
	}
	figure_add(&app_figures[CACHE_LOADS], load_result(load), 1);
	if (!held)
		held = cache_new(cache, authority, load->placement);
	for (size_t row = load->first; row < load->rows->count; row++) {
		folded = fold_row(held, load->rows, row, &why);
		if (folded == FOLD_GAP) {
			cache_drop(cache, held);
			load_again(load);
			return;
		}
		if (folded == FOLD_FAILED) {
			load_broken(load, (int32_t)row_int(load->rows, row, A, 0), why);
			return;
		}
	}
	if (held->placement->seq == 0) {
		load_broken(load, 0, TEXT("it has no entries"));
		return;
	}
	cache_weigh(cache, held);
	if (is_passed(load, held)) {
		load_again(load);
		return;
	}
	if (is_ahead_of(held->placement, load->loaded.settings) && !load->looked_again) {
		load->looked_again = true;
		reference_look_again(load->app, on_looked_again, load);
		return;
	}
	load_give(load, held);
}

static void take_receipt(struct receipt_row *receipt, const struct rows *rows, size_t row)
{
	struct text request = row_text(rows, row, BYTES);

	receipt->found = true;
	if (request.len == sizeof(receipt->request.bytes))
		memcpy(receipt->request.bytes, request.at, request.len);
	receipt->authority = row_uuid(rows, row, AUTHORITY);
	receipt->stream = row_uuid(rows, row, STREAM);
	receipt->first_seq = (int32_t)row_int(rows, row, A, 0);
	receipt->last_seq = (int32_t)row_int(rows, row, B, 0);
	receipt->version = (int32_t)row_int(rows, row, C, 0);
	receipt->recorded_at_us = row_int(rows, row, AT, 0);
}

/* The rows are here, and so are the authority's settings if anybody's. */
static void on_settings(enum store_outcome outcome, const struct authority_settings *found,
			void *context)
{
	struct load *load = context;

	if (outcome != STORE_DONE) {
		load->loaded = (struct loaded){.outcome = outcome};
		load_end(load);
		return;
	}
	load->loaded.settings = found;
	if (!found) {
		load_broken(load, 0, TEXT("its authority's settings are not loaded"));
		return;
	}
	load_fold(load, found->id);
}

static void on_rows(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct load *load = context;
	const struct authority_settings *held;
	struct uuid authority;
	size_t row = 0;

	load->loaded = (struct loaded){.outcome = outcome};
	load->rows = rows;
	if (outcome != STORE_DONE) {
		load_end(load);
		return;
	}
	if (row < rows->count && row_int(rows, row, PART, 0) == PART_RECEIPT)
		take_receipt(&load->loaded.receipt, rows, row++);
	if (row == rows->count) {
		load_end(load);
		return;
	}
	authority = row_uuid(rows, row, AUTHORITY);
	if (row_int(rows, row, PART, 0) == PART_PARTY)
		load->loaded.wrapped_key = row_text(rows, row++, BYTES);
	load->first = row;
	held = reference_held(load->app, authority);
	if (held)
		on_settings(STORE_DONE, held, load);
	else
		reference_authority(load->app, authority, on_settings, load);
}

static void load_read(struct load *load)
{
	bool is_look = uuid_is_zero(load->key);
	const char *sql = is_look ? SQL_LOAD_PLACEMENT : SQL_LOAD_FOR_MOVE;
	size_t count = is_look ? 3 : 5;
	const struct held *held;
	struct param params[5];

	cache_trust(load->app);
	held = cache_find(load->app->cache, load->placement);
	load->since = held ? held->placement->seq : 0;
	params[0] = param_uuid(load->arena, load->organisation);
	params[1] = param_uuid(load->arena, load->placement);
	params[2] = param_int(load->arena, load->since);
	params[3] = param_uuid(load->arena, load->key_user);
	params[4] = param_uuid(load->arena, load->key);
	if (uuid_is_zero(load->organisation))
		store_work(load->app->store, load->arena, sql, params, count, on_rows, load);
	else
		store_read(load->app->store, load->arena, load->organisation, sql, params, count,
			   on_rows, load);
}

void load_placement(struct app *app, struct arena *arena, struct uuid organisation,
		    struct uuid placement, struct uuid key_user, struct uuid key,
		    void (*on_loaded)(const struct loaded *loaded, void *context), void *context)
{
	struct load *load = arena_make(arena, struct load);

	*load = (struct load){
		.app = app,
		.arena = arena,
		.organisation = organisation,
		.placement = placement,
		.key_user = key_user,
		.key = key,
		.on_loaded = on_loaded,
		.context = context,
	};
	load_read(load);
}
