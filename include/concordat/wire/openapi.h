/*
 * openapi.h - OpenAPI 3.1, generated from the route table and the field tables.
 *
 * Every schema that an operation reaches becomes a component by its name, beside money, rate and
 * problem. What is asked and what is answered differ (derived members, texts that may be null,
 * members one side does not see): where a schema is reached both ways and does differ, the answer's
 * component is "<name>_entry". A move's component has the move's name, which several moves of one
 * schema do not share, and carries it as "move"; where a schema of that name is also a part of
 * another request, that part is "<name>_part".
 */
#ifndef CONCORDAT_WIRE_OPENAPI_H
#define CONCORDAT_WIRE_OPENAPI_H

#include <stddef.h>

#include "concordat/core/schema.h"

struct openapi_parameter {
	const char *name, *in, *help; /* in: "path", "query", "header" */
	bool required;
};

struct openapi_operation {
	const char *method; /* "get", "post" */
	const char *path;   /* "/v1/placements/{id}" */
	const char *id, *summary;
	const struct openapi_parameter *parameters;
	size_t parameter_count;
	const struct schema *const
		*request;	  /* several: oneOf by discriminator "move"; NULL: no body */
	const char *const *moves; /* several: the name of each */
	size_t request_count;
	const struct schema *beside; /* several: members each may carry besides its own ("thread");
					NULL: none. The decoder is told of them by extra */
	const char *const *sends, *const *gives; /* media types of bytes that are no JSON,
						    NULL-terminated; NULL: none */
	const struct schema *response;		 /* NULL: described by response_help alone */
	bool response_is_page;			 /* {"items":[response],"next":...} */
	const char *response_help;
	bool open;  /* no bearer token needed */
	int status; /* of the answer when all is well; 0: 200 */
};

/* The whole document. Requests leave out derived members; responses leave out none. Every operation
 * may answer a problem. A parameter in the path is always required. told: the kinds of what is sent
 * to webhooks besides a test, NULL-terminated. */
struct text openapi_write(struct arena *arena, const char *version,
			  const struct openapi_operation *operations, size_t count,
			  const char *const *told);

#endif
