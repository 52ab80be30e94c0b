/*
 * openapi_schema.h - the components of the OpenAPI document.
 *
 * Made by openapi.c from its operations; the json_t returned are new references.
 */
#ifndef CONCORDAT_WIRE_OPENAPI_SCHEMA_H
#define CONCORDAT_WIRE_OPENAPI_SCHEMA_H

#include <jansson.h>

#include "concordat/core/schema.h"

/* What a schema is used for; the more particular first. */
enum part { PART_MOVE, PART_ASKED, PART_ANSWERED };
#define PART_COUNT 3

struct catalogue;

struct catalogue *catalogue_new(struct arena *arena);
/* The schema, and whatever it is made of. */
void catalogue_add(struct catalogue *catalogue, const struct schema *schema, enum part part);
/* A move that may carry the members of beside besides its own. */
void catalogue_add_move(struct catalogue *catalogue, const struct schema *schema,
			const struct schema *beside);
/* {"$ref": ...}; everything must have been added before. */
json_t *catalogue_ref(const struct catalogue *catalogue, const struct schema *schema,
		      enum part part);
/* components/schemas, with money, rate and problem. */
json_t *catalogue_schemas(const struct catalogue *catalogue);

#endif
