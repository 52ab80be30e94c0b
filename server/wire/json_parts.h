/*
 * json_parts.h - what the files of the JSON reader share.
 *
 * json_scan.c looks at bytes before they are parsed, json.c parses, json_decode.c walks objects by
 * their tables, json_value.c reads single values.
 */
#ifndef CONCORDAT_WIRE_JSON_PARTS_H
#define CONCORDAT_WIRE_JSON_PARTS_H

#include <jansson.h>

#include "concordat/wire/json.h"

#define LEVELS_MOST 32
#define ERRORS_MOST 20

/* ---- errors (json_value.c) */

/* The way to a value, from the inside out; each step lives on the stack of the call that takes it.
 */
struct step {
	const struct step *outer; /* NULL: the whole */
	struct text name;	  /* TEXT_NONE: an item of a list, by index */
	size_t index;
};

struct decoder {
	struct arena *arena;
	enum json_purpose purpose;
	struct json_errors *errors;
};

/* Nothing is added past ERRORS_MOST. */
void json_error_add(struct arena *arena, struct json_errors *errors, struct text pointer,
		    struct text detail);
bool decoder_is_full(const struct decoder *d);
/* An error at step: the subject is put before what is said ("must be ..."). */
void decoder_refuse(struct decoder *d, const struct step *step, struct text says);
/* One reference token of RFC 6901, '/' before it. */
void pointer_put(struct writer *w, struct text name);
/* Short and of plain characters, so that it may be quoted in a sentence. */
bool name_is_plain(struct text name);

/* ---- single values (json_value.c) */

struct limits {
	int64_t least, most;
};

/* A table's most of 0 (with a least not below 0) stands for the kind's own. */
struct limits field_limits(const struct field *field);
/* "must have between 1 and 20 items" */
struct text limits_sentence(struct arena *arena, struct limits limits, const char *verb,
			    const char *one, const char *many);
/* A decimal text, or a whole number: the value of a map. */
bool value_decimal(struct decoder *d, const json_t *json, const struct step *step,
		   int64_t *value_r);
/* Every kind but FIELD_OBJECT, FIELD_LIST and FIELD_MAP. */
void value_decode(struct decoder *d, const struct field *field, const json_t *json, void *at,
		  const struct step *step);

/* ---- before parsing (json_scan.c) */

/* No NUL, no byte order mark, not empty, not too deep. */
bool json_scan(struct arena *arena, struct text json, struct json_errors *errors);
/* The pointer of the innermost value at a byte of a text that may be broken there. */
struct text json_pointer_at(struct arena *arena, struct text json, size_t offset);
/* The bytes of one member of the outermost object. json must be sound. */
struct text json_member_slice(struct text json, const char *name);

/* ---- parsing (json.c) */

/* A new reference to an object, or NULL and an error. */
json_t *json_read(struct arena *arena, struct text json, struct json_errors *errors);

#endif
