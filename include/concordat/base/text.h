/*
 * text.h - slices of UTF-8, and a writer that grows in an arena.
 *
 * A struct text does not own its bytes and need not end in NUL. The bytes live
 * as long as the arena (or the constant) they came from. An absent text has
 * at == NULL; an empty one has at != NULL and len == 0.
 */
#ifndef CONCORDAT_BASE_TEXT_H
#define CONCORDAT_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "concordat/base/arena.h"

struct text {
	const char *at;
	size_t len;
};

#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})
#define TEXT_NONE ((struct text){NULL, 0})
/* For printf's %.*s */
#define TEXT_FMT(t) (int)(t).len, (t).at ? (t).at : ""

struct text text_of(const char *cstr); /* NULL gives TEXT_NONE */
/* By bytes: an absent text and an empty one are equal here. */
bool text_eq(struct text a, struct text b);
bool text_is(struct text a, const char *cstr);
int text_compare(struct text a, struct text b); /* by bytes, as memcmp */
bool text_starts(struct text t, const char *prefix);
/* An address without the slashes at its end, to go on behind. */
struct text text_url_base(struct text url);
/* "https://..." or "http://...", of plain characters: what a page may link to. */
bool text_is_web_address(struct text t);
/* An absent text stays absent. */
struct text text_copy(struct arena *arena, struct text t);
/* A NUL-terminated copy; "" of an absent text, never NULL. */
const char *text_cstr(struct arena *arena, struct text t);
struct text text_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* True when every byte sequence is well-formed UTF-8 (no overlong, no surrogate). */
bool text_is_utf8(struct text t);

/* How many letters must be put in, taken out or changed to make one of the other; SIZE_MAX of long
 * ones. */
size_t text_distance(struct text a, struct text b);
/* The one of these names (NULL-terminated) that was probably meant: few letters differ. NULL when
 * none is near. */
const char *text_nearest(struct text given, const char *const *names);

/* Decimal digits with an optional '-', the whole slice, within int64. */
bool text_to_int(struct text t, int64_t *out);
/* A number as an id in a path holds it: from 1, and written in one way only. */
bool text_to_number(struct text t, int32_t *number);

/* Lower-case hexadecimal (either case on input, exactly size bytes) and base64 (RFC 4648, padded).
 */
struct text text_hex(struct arena *arena, const void *bytes, size_t size);
bool text_unhex(struct text t, void *out, size_t size);
struct text text_base64(struct arena *arena, const void *bytes, size_t size);
/* How many bytes base64 of that length and padding is of. */
size_t text_base64_size(struct text t);
/* Exactly so many bytes, in the one form they have: padded, nothing between the digits and no bit
 * set behind the last byte. With out NULL it is only looked at. */
bool text_unbase64(struct text t, void *out, size_t size);

/* Writes text piece by piece; never fails (see arena.h). */
struct writer {
	struct arena *arena;
	char *at;
	size_t len;
	size_t room;
};

void writer_init(struct writer *w, struct arena *arena);
void writer_put(struct writer *w, struct text t);
void writer_puts(struct writer *w, const char *cstr);
void writer_char(struct writer *w, char c);
void writer_int(struct writer *w, int64_t n);
/* With zeros before it where it has fewer than so many digits; 20 at most. */
void writer_digits(struct writer *w, uint64_t n, unsigned int least);
void writer_printf(struct writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What was written; a NUL stands behind it. */
struct text writer_text(struct writer *w);

#endif
