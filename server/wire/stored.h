/*
 * stored.h - the reader of stored text: canonical JSON (RFC 8785) to structs, in one pass.
 *
 * What is read here was written by schema_write, so there is one way to write each value and any
 * other is refused: white space, members out of order, small or needless escapes, an offset in an
 * instant. Shape is checked and limits are not, so that a limit tightened later leaves old facts
 * readable; likewise a member that need not stand may stand and be empty. stored.c reads objects
 * and lists, stored_value.c single values.
 */
#ifndef CONCORDAT_WIRE_STORED_H
#define CONCORDAT_WIRE_STORED_H

#include "concordat/wire/json.h"

/* Decodes text into *data, after schema_clear: every member, personal members as digests. Nothing
 * of text is held on to. False, with one error, at the first thing that is wrong. */
bool stored_decode(struct arena *arena, struct text text, const struct schema *schema, void *data,
		   struct json_errors *errors) __attribute__((warn_unused_result));

/* ---- what its files share */

struct reader {
	struct arena *arena;
	const char *at, *end;
};

/* Each of these takes something off the front. False when it does not stand there; where the reader
 * is then, is not said. */
static inline bool take_char(struct reader *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

/* A text between quotes as it stands, without a look at what it is made of. */
bool take_quoted(struct reader *r, struct text *quoted);
bool take_rate(struct reader *r, int64_t *value_r);
bool take_enum(struct reader *r, const char *const *names, int32_t *index);
/* Every kind but FIELD_OBJECT, FIELD_LIST, FIELD_MAP and FIELD_WORDS. What would read as absent is
 * refused: it would not have been written. */
bool take_value(struct reader *r, const struct field *field, void *at);

#endif
