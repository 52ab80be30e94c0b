/*
 * figures.c - counts of answers by class, and the stats of the rooms below.
 */
#include "figures.h"

#include "concordat/app/figures.h"
#include "concordat/base/report.h"

static uint64_t answers[6];

void figures_count(int status)
{
	answers[status >= 100 && status < 600 ? status / 100 : 0]++;
}

static void put(struct writer *w, const char *name, const char *type, const char *help,
		uint64_t value)
{
	writer_printf(w, "# HELP concordat_%s %s\n# TYPE concordat_%s %s\nconcordat_%s %llu\n",
		      name, help, name, type, name, (unsigned long long)value);
}

void figures_write(struct writer *w, struct app *app, struct http_stats stats)
{
	writer_puts(w, "# HELP concordat_http_answers_total Answers by class of status.\n"
		       "# TYPE concordat_http_answers_total counter\n");
	for (int i = 1; i < 6; i++)
		writer_printf(w, "concordat_http_answers_total{class=\"%dxx\"} %llu\n", i,
			      (unsigned long long)answers[i]);
	put(w, "http_connections_accepted_total", "counter", "Connections accepted.",
	    stats.accepted);
	put(w, "http_connections_open", "gauge", "Connections open now.", stats.open);
	put(w, "http_requests_total", "counter", "Whole requests handled.", stats.requests);
	put(w, "http_refused_total", "counter", "Requests refused by the edge.", stats.refused);
	put(w, "http_accept_paused_total", "counter", "Times accepting had to wait.",
	    stats.accept_paused);
	put(w, "log_lines_dropped_total", "counter", "Log lines that could not be written.",
	    report_dropped());
	app_figures_write(w, app);
}
