/*
 * json.h - JSON text to structs and back to problems, by field tables.
 *
 * Input is untrusted: NUL anywhere, duplicate keys, floats where an integer belongs, unknown
 * members, more than 32 levels are refused, each with a JSON pointer (RFC 6901) and a sentence that
 * names its subject, so that it can be shown alone: "\"reason\" is required."
 *
 * Limits are the field tables'. Texts are counted in characters (code points), as OpenAPI does. A
 * table's most of 0, with a least not below 0, stands for the kind's own: integers 2^53-1, money
 * MONEY_MOST_P, rates 10 million, texts 2,000 characters, lists and maps 100 entries. Money and
 * rates below zero need a least that says so. A required text has at least one character. A
 * FIELD_OBJECT without FIELD_REQUIRED that is left out is absent, whatever it requires. Texts hold
 * no control characters but line feed and tab, and no overrides of the direction of writing. null
 * is never a value.
 *
 * json_t does not leave this room. Call json_object_seed(0) (jansson's) before a sandbox closes
 * /dev/urandom.
 */
#ifndef CONCORDAT_WIRE_JSON_H
#define CONCORDAT_WIRE_JSON_H

#include <stdbool.h>

#include "concordat/core/schema.h"

struct json_error {
	struct text pointer; /* "" for the whole */
	struct text detail;
};

struct json_errors {
	struct list items; /* struct json_error, at most 20 */
	bool not_json;	   /* malformed: 400; else what is said does not fit: 422 */
};

enum json_purpose {
	JSON_REQUEST,  /* derived members are refused, personal members are texts */
	JSON_DOCUMENT, /* reference data: as a request, and "$schema" and "comment" members are let
			  pass */
	JSON_ANSWER    /* what the service answered, given back: as a document, and derived members
			  are let pass unread */
};

/* Decodes text into *data (schema->size bytes, from the arena or the caller's), after schema_clear.
 * extra: names of members to let pass undecoded (NULL-terminated, may be NULL). False and errors
 * when anything is wrong. */
bool json_decode(struct arena *arena, struct text json, const struct schema *schema,
		 enum json_purpose purpose, const char *const *extra, void *data,
		 struct json_errors *errors) __attribute__((warn_unused_result));

/* One string member of an object, to choose a schema by ("move", "kind"). TEXT_NONE when missing or
 * not a string. errors when the text is not sound JSON or not an object, else none. */
struct text json_member(struct arena *arena, struct text json, const char *name,
			struct json_errors *errors);
/* The text of one member (a sub-object of a stored body) as it stands there: canonical when the
 * whole is. TEXT_NONE when absent. */
struct text json_member_raw(struct arena *arena, struct text json, const char *name);

/* ---- problems (RFC 9457) */

struct problem {
	int status;
	const char *code;   /* snake_case: the rule's name or the edge's */
	const char *title;  /* a constant for the code's kind; NULL: the status's own */
	struct text detail; /* one sentence: what happened and what to do next */
	struct list errors; /* struct json_error */
	struct text request_id;
	struct text version;	   /* the caller's present version "v7"; TEXT_NONE: left out */
	struct text allowed_moves; /* JSON array text; TEXT_NONE: left out */
};

/* application/problem+json; type is "/problems/<code>", made absolute by base_url when that is
 * given. */
struct text problem_write(struct arena *arena, const struct problem *problem, const char *base_url);

#endif
