/*
 * figures.c - what the cache and the store count, for whoever watches the service.
 */
#include "concordat/app/figures.h"

#include "concordat/app/parts.h"

static void put(struct writer *w, const char *name, const char *type, const char *help,
		long long value)
{
	writer_printf(w, "# HELP concordat_%s %s\n# TYPE concordat_%s %s\nconcordat_%s %lld\n",
		      name, help, name, type, name, value);
}

void app_figures_write(struct writer *w, struct app *app)
{
	struct store *store = app_store(app);
	struct store_stats stats = store_stats(store);

	put(w, "cache_bytes", "gauge", "Bytes of folded placements held.",
	    (long long)load_bytes(app));
	put(w, "cache_hits_total", "counter", "Loads that found the placement held.",
	    (long long)load_hits(app));
	put(w, "store_ready", "gauge", "1 while a connection of each kind is up.",
	    store_ready(store));
	put(w, "store_appends_total", "counter", "Moves given to the append queue.",
	    (long long)stats.appends);
	put(w, "store_batches_total", "counter", "Append statements sent.",
	    (long long)stats.batches);
	put(w, "store_conflicts_total", "counter", "Appends whose stream had moved on.",
	    (long long)stats.conflicts);
	put(w, "store_bisected_total", "counter", "Batches split after a failure.",
	    (long long)stats.bisected);
	put(w, "store_failed_total", "counter", "Appends that failed.", (long long)stats.failed);
	put(w, "store_reads_total", "counter", "Reads.", (long long)stats.reads);
	put(w, "store_reconnects_total", "counter", "Connections made again.",
	    (long long)stats.reconnects);
	put(w, "store_waiting", "gauge", "Appends waiting.", (long long)stats.waiting);
	put(w, "clock_offset_microseconds", "gauge", "This machine's clock minus the database's.",
	    (long long)store_clock_offset_us(store));
}
