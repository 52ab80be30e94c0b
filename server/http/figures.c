/*
 * figures.c - the edge's table of figures; the operations are those of the route table.
 */
#include "figures.h"

#include "concordat/base/figure.h"

enum {
	REQUEST_US,
	REQUESTS,
	REFUSED,
	CONNECTIONS,
	CONNECTIONS_OPEN,
	ACCEPT_PAUSES,
	STREAMS_OPEN,
	STREAMS_DROPPED,
	HTTP_FIGURES
};

#define CLASSES 4 /* a final answer is 2xx at least */

static const char *const class_values[] = {"2xx", "3xx", "4xx", "5xx", NULL};
static const int64_t time_bounds_us[] = {1000,	2000,	4000,	8000,	16000,	 32000,
					 64000, 128000, 256000, 512000, 1024000, 4096000};
#define CELL_VALUES (FIGURE_COUNT_OF(time_bounds_us) + 2)

static struct figure http_figures[HTTP_FIGURES] = {
	[REQUEST_US] = {FIGURE_HISTOGRAM, "concordat_http_request_seconds",
			"From a request's first byte to its answer, by operation and class of "
			"status; none: no operation was reached.",
			FIGURE_MICROSECONDS,
			.labels = {{"operation", NULL}, {"class", class_values}}, .sparse = true,
			.bounds = time_bounds_us, .bound_count = FIGURE_COUNT_OF(time_bounds_us)},
	[REQUESTS] = {FIGURE_COUNTER, "concordat_http_requests_total",
		      "Whole requests that were handled.", FIGURE_CELLS(1)},
	[REFUSED] = {FIGURE_COUNTER, "concordat_http_requests_refused_total",
		     "Requests refused by the edge as malformed, too large or too slow.",
		     FIGURE_CELLS(1)},
	[CONNECTIONS] = {FIGURE_COUNTER, "concordat_http_connections_total",
			 "Connections accepted.", FIGURE_CELLS(1)},
	[CONNECTIONS_OPEN] = {FIGURE_GAUGE, "concordat_http_connections_open",
			      "Connections open now.", FIGURE_CELLS(1)},
	[ACCEPT_PAUSES] = {FIGURE_COUNTER, "concordat_http_accept_pauses_total",
			   "Times accepting had to wait, for the limit of connections or of files.",
			   FIGURE_CELLS(1)},
	[STREAMS_OPEN] = {FIGURE_GAUGE, "concordat_http_streams_open", "Live streams open now.",
			  FIGURE_CELLS(1)},
	[STREAMS_DROPPED] = {FIGURE_COUNTER, "concordat_http_streams_dropped_total",
			     "Live streams dropped because their client took too little of them.",
			     FIGURE_CELLS(1)},
};

static void on_figures(void *context)
{
	struct http_stats stats = http_server_stats(context);

	figure_set(&http_figures[REQUESTS], 0, (int64_t)stats.requests);
	figure_set(&http_figures[REFUSED], 0, (int64_t)stats.refused);
	figure_set(&http_figures[CONNECTIONS], 0, (int64_t)stats.accepted);
	figure_set(&http_figures[CONNECTIONS_OPEN], 0, (int64_t)stats.open);
	figure_set(&http_figures[ACCEPT_PAUSES], 0, (int64_t)stats.accept_paused);
	figure_set(&http_figures[STREAMS_OPEN], 0, (int64_t)stats.streams);
	figure_set(&http_figures[STREAMS_DROPPED], 0, (int64_t)stats.dropped);
}

static struct figure_table table = {http_figures, HTTP_FIGURES, on_figures, NULL, NULL};

void api_figures_open(struct http_server *server, struct arena *arena)
{
	struct figure *times = &http_figures[REQUEST_US];
	const char **operations = arena_array(arena, const char *, routes_count + 2);

	for (size_t i = 0; i < routes_count; i++)
		operations[i] = routes[i].id;
	operations[routes_count] = "none";
	times->labels[0].values = operations;
	times->value_count = (routes_count + 1) * CLASSES * CELL_VALUES;
	times->values = arena_array(arena, int64_t, times->value_count);
	figures_open(&table, server);
}

void api_figures_close(struct http_server *server)
{
	figures_close(&table, server);
}

void figures_count(const struct route *route, int status, int64_t us)
{
	size_t operation = route ? (size_t)(route - routes) : routes_count;

	figure_observe(&http_figures[REQUEST_US], operation * CLASSES + (size_t)(status / 100 - 2),
		       us);
}
