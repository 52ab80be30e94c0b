/* figures.h - what http counts for /metrics. */
#ifndef CONCORDAT_SERVER_HTTP_FIGURES_H
#define CONCORDAT_SERVER_HTTP_FIGURES_H

#include "routes.h"

/* The arena must outlive the closing. */
void api_figures_open(struct http_server *server, struct arena *arena);
void api_figures_close(struct http_server *server);

/* One request's end. route NULL: none was found, or the edge refused it before. */
void figures_count(const struct route *route, int status, int64_t us);

#endif
