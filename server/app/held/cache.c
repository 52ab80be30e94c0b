/*
 * cache.c - folded placements, kept by bytes, the least lately used put out first.
 */
#include "held/cache.h"

#include <string.h>

#include "call/figures.h"

#include "concordat/wire/fact.h"

#define BUCKETS 16384 /* a power of two */

static struct held **bucket_of(struct cache *cache, struct uuid id)
{
	uint32_t hash;

	/* The tail of a UUIDv7 is random. */
	memcpy(&hash, id.bytes + 12, sizeof(hash));
	return &cache->buckets[hash & (BUCKETS - 1)];
}

struct held *cache_find(struct cache *cache, struct uuid id)
{
	struct held *held = *bucket_of(cache, id);

	while (held && !uuid_eq(held->placement->id, id))
		held = held->chain;
	return held;
}

static void unlist(struct cache *cache, struct held *held)
{
	*(held->newer ? &held->newer->older : &cache->newest) = held->older;
	*(held->older ? &held->older->newer : &cache->oldest) = held->newer;
	held->newer = held->older = NULL;
}

static void list_first(struct cache *cache, struct held *held)
{
	held->older = cache->newest;
	*(cache->newest ? &cache->newest->newer : &cache->oldest) = held;
	cache->newest = held;
}

struct held *cache_new(struct cache *cache, struct uuid authority, struct uuid id)
{
	struct arena *arena = arena_new();
	struct held *held = arena_make(arena, struct held);
	struct held **bucket = bucket_of(cache, id);

	held->arena = arena;
	held->placement = placement_new(arena, authority, id);
	held->worked.arena = arena;
	held->chain = *bucket;
	*bucket = held;
	list_first(cache, held);
	cache->count++;
	return held;
}

void cache_drop(struct cache *cache, struct held *held)
{
	struct held **at = bucket_of(cache, held->placement->id);

	while (*at != held)
		at = &(*at)->chain;
	*at = held->chain;
	unlist(cache, held);
	cache->bytes -= held->bytes;
	cache->count--;
	held->forgotten = true;
	if (!held->keepers)
		arena_free(held->arena);
}

void cache_weigh(struct cache *cache, struct held *held)
{
	size_t bytes = arena_bytes(held->arena);

	cache->bytes += bytes - held->bytes;
	held->bytes = bytes;
	unlist(cache, held);
	list_first(cache, held);
	while (cache->bytes > cache->bytes_most && cache->oldest != held)
		cache_drop(cache, cache->oldest);
}

enum folded cache_fold(struct held *held, int32_t seq, int64_t recorded_at_us,
		       const struct digest *leaf_hash, struct text body, struct text *why)
{
	struct fact *fact;

	if (seq <= held->placement->seq)
		return FOLDED;
	if (seq != held->placement->seq + 1)
		return FOLD_GAP;
	fact = fact_decode(held->arena, seq, recorded_at_us, leaf_hash, body, why);
	if (!fact)
		return FOLD_FAILED;
	if (!placement_apply(held->placement, fact)) {
		*why = TEXT("it does not follow from the entries before it");
		return FOLD_FAILED;
	}
	return FOLDED;
}

static void cache_empty(struct cache *cache)
{
	while (cache->oldest)
		cache_drop(cache, cache->oldest);
}

void cache_trust(struct app *app)
{
	uint64_t reconnects = store_stats(app->store).reconnects;

	if (app->cache->reconnects == reconnects)
		return;
	app->cache->reconnects = reconnects;
	cache_empty(app->cache);
}

bool load_held(struct app *app, struct uuid placement, struct loaded *loaded)
{
	const struct authority_settings *adopted;
	const struct held *held;

	cache_trust(app);
	held = cache_find(app->cache, placement);
	*loaded = (struct loaded){.outcome = STORE_DONE};
	if (!held || !held->placement->seq)
		return false;
	adopted = reference_held(app, held->placement->authority);
	if (!adopted || is_ahead_of(held->placement, adopted))
		return false;
	loaded->placement = held->placement;
	loaded->settings = reference_under(app, adopted, held->placement->facts[0]->protocol);
	return loaded->settings;
}

void load_advance(struct app *app, const struct append *append)
{
	struct held *held = cache_find(app->cache, append->stream);
	struct text why = TEXT_NONE;

	app->on_appended(app);
	if (!held || held->placement->seq != append->expected_seq)
		return;
	for (size_t i = 0; i < append->fact_count; i++) {
		const struct append_fact *fact = &append->facts[i];

		if (cache_fold(held, fact->seq, append->recorded_at_us, &fact->leaf_hash,
			       fact->body, &why) != FOLDED) {
			cache_drop(app->cache, held); /* the next load says what is wrong */
			return;
		}
	}
	cache_weigh(app->cache, held);
}

struct held *load_keep(struct app *app)
{
	struct held *held = app->cache->given;

	held->keepers++;
	return held;
}

void load_release(struct held *held)
{
	if (!--held->keepers && held->forgotten)
		arena_free(held->arena);
}

struct worked *load_worked(struct held *held)
{
	return &held->worked;
}

void load_forget(struct app *app, struct uuid placement)
{
	struct held *held = cache_find(app->cache, placement);

	if (held)
		cache_drop(app->cache, held);
}

void cache_figures_set(const struct app *app)
{
	figure_set(&app_figures[CACHE_BYTES], 0, (int64_t)app->cache->bytes);
	figure_set(&app_figures[CACHE_PLACEMENTS], 0, (int64_t)app->cache->count);
}

void cache_open(struct app *app)
{
	app->cache = arena_make(app->arena, struct cache);
	app->cache->buckets = arena_array(app->arena, struct held *, BUCKETS);
	app->cache->bytes_most = (size_t)app->config->cache_mib << 20;
}

void cache_close(struct app *app)
{
	cache_empty(app->cache);
}
