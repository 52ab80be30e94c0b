/*
 * api.h - the REST API over the edge: routes, gates, answers.
 *
 * A request passes the gates in one order: route (404), method (405), media types (406, 415),
 * Idempotency-Key and If-Match (400), bearer token (401) or the secret in a feed's address (404),
 * the organisation's rate (429), and then the route's operation of app.
 */
#ifndef CONCORDAT_HTTP_API_H
#define CONCORDAT_HTTP_API_H

#include "concordat/app/app.h"
#include "concordat/http/server.h"

struct http_api;

struct http_api_options {
	struct app *app;
	/* Whether the service may be sent work: /readyz says 503 with the sentence in *why
	 * otherwise. */
	bool (*ready)(struct text *why, void *context);
	void *context;
};

/* Listens by the app's configuration. NULL and *why when it cannot. */
struct http_api *http_api_new(struct event_base *base, const struct http_api_options *options,
			      struct arena *arena, struct text *why)
	__attribute__((warn_unused_result));
struct http_server *http_api_server(struct http_api *api);
void http_api_free(struct http_api *api);

/* The OpenAPI document of the route table. */
struct text http_api_document(struct arena *arena);

#endif
