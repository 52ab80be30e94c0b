/*
 * figures.c - what the cache and the store count, for whoever watches the service.
 */
#include "concordat/app/figures.h"

#include "concordat/app/parts.h"
#include "concordat/base/figure.h"

void app_figures_write(struct writer *w, struct app *app)
{
	struct store *store = app_store(app);
	struct store_stats stats = store_stats(store);

	gauge_write(w, "cache_bytes", "Bytes of folded placements held.", load_bytes(app));
	counter_write(w, "cache_hits_total", "Loads that found the placement held.",
		      load_hits(app));
	gauge_write(w, "store_ready", "1 while a connection of each kind is up.",
		    store_ready(store));
	counter_write(w, "store_appends_total", "Moves given to the append queue.", stats.appends);
	counter_write(w, "store_batches_total", "Append statements sent.", stats.batches);
	counter_write(w, "store_conflicts_total", "Appends whose stream had moved on.",
		      stats.conflicts);
	counter_write(w, "store_bisected_total", "Batches split after a failure.", stats.bisected);
	counter_write(w, "store_failed_total", "Appends that failed.", stats.failed);
	counter_write(w, "store_reads_total", "Reads.", stats.reads);
	counter_write(w, "store_reconnects_total", "Connections made again.", stats.reconnects);
	gauge_write(w, "store_waiting", "Appends waiting.", stats.waiting);
	gauge_write(w, "clock_offset_microseconds", "This machine's clock minus the database's.",
		    store_clock_offset_us(store));
}
