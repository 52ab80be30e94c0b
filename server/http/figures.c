/*
 * figures.c - counts of answers by class, and the stats of the rooms below.
 */
#include "figures.h"

#include "concordat/app/figures.h"
#include "concordat/base/figure.h"
#include "concordat/base/report.h"

static uint64_t answers[6];

void figures_count(int status)
{
	answers[status >= 100 && status < 600 ? status / 100 : 0]++;
}

void figures_write(struct writer *w, struct app *app, struct http_stats stats)
{
	writer_puts(w, "# HELP concordat_http_answers_total Answers by class of status.\n"
		       "# TYPE concordat_http_answers_total counter\n");
	for (int i = 1; i < 6; i++)
		writer_printf(w, "concordat_http_answers_total{class=\"%dxx\"} %llu\n", i,
			      (unsigned long long)answers[i]);
	counter_write(w, "http_connections_accepted_total", "Connections accepted.",
		      stats.accepted);
	gauge_write(w, "http_connections_open", "Connections open now.", stats.open);
	counter_write(w, "http_requests_total", "Whole requests handled.", stats.requests);
	counter_write(w, "http_refused_total", "Requests refused by the edge.", stats.refused);
	counter_write(w, "http_accept_paused_total", "Times accepting had to wait.",
		      stats.accept_paused);
	counter_write(w, "log_lines_dropped_total", "Log lines that could not be written.",
		      report_dropped());
	app_figures_write(w, app);
}
