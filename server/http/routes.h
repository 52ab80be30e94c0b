/*
 * routes.h - the route table: path, method, operation, and what the OpenAPI document says of it.
 */
#ifndef CONCORDAT_SERVER_HTTP_ROUTES_H
#define CONCORDAT_SERVER_HTTP_ROUTES_H

#include "concordat/app/app.h"
#include "concordat/http/server.h"
#include "concordat/wire/openapi.h"

struct route {
	enum http_method method;
	/* "/v1/placements/{id}/moves": a part in braces holds one segment, up to what stands behind
	 * it there. */
	const char *pattern;
	const char *id, *summary;
	void (*operation)(struct call *call); /* NULL: the api's own, open to all */
	const struct schema *request, *response;
	bool is_page, is_move, is_home_move;
	bool by_secret; /* the part in braces says who asks: no token is asked for */
	int status;	/* 0: 200 */
	const char *response_help;
	/* Media types of bytes that are no JSON, or NULL; gives beside a response: JSON or these.
	 */
	const char *const *sends, *const *gives;
	const char *const *query; /* names of query parameters, NULL-terminated, or NULL */
};

extern const struct route routes[];
extern const size_t routes_count;

const char *method_name(enum http_method method); /* "GET", or "OTHER" */

/* Whether what is sent there is a file's bytes. */
bool route_takes_bytes(enum http_method method, struct text path);
/* The route for path and method; NULL when none. *allow lists the methods of a path that is known,
 * TEXT_NONE when it is not. parts takes up to two decoded path parts. */
const struct route *route_find(struct arena *arena, enum http_method method, struct text path,
			       struct text parts[2], struct text *allow);

#endif
