/*
 * figures.h - what /metrics shows of http, app and store, as Prometheus text.
 */
#ifndef CONCORDAT_SERVER_HTTP_FIGURES_H
#define CONCORDAT_SERVER_HTTP_FIGURES_H

#include "concordat/app/app.h"
#include "concordat/http/server.h"

/* One answer of this status. */
void figures_count(int status);
void figures_write(struct writer *w, struct app *app, struct http_stats stats);

#endif
