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
enum part { PART_ASKED, PART_ANSWERED };
#define PART_COUNT 2

struct catalogue;

struct catalogue *catalogue_new(struct arena *arena);
/* The schema, and whatever it is made of. */
void catalogue_add(struct catalogue *catalogue, const struct schema *schema, enum part part);
/* A move of that name, which may carry the members of beside (or NULL) besides its own. */
void catalogue_add_move(struct catalogue *catalogue, const char *name, const struct schema *schema,
			const struct schema *beside);
/* {"$ref": ...}; everything must have been added before. */
json_t *catalogue_ref(const struct catalogue *catalogue, const struct schema *schema,
		      enum part part);
json_t *catalogue_move_ref(const struct catalogue *catalogue, const char *name);
/* components/schemas, with money, rate and problem. */
json_t *catalogue_schemas(const struct catalogue *catalogue);

#endif
