/*
 * lines.h - what the log's texts are made of: lines that end in a line feed, and on them names,
 * numbers and hashes that have one form each.
 */
#ifndef SERVER_WIRE_LINES_H
#define SERVER_WIRE_LINES_H

#include "concordat/wire/merkle.h"

/* The next line, without its line feed, is taken off the rest. False: no line feed is left. */
bool line_take(struct text *rest, struct text *line);

/* A key's id: the first four bytes, the highest first. */
uint32_t note_id(const uint8_t bytes[4]);

/* As signed-note has key names: UTF-8, not empty, no control, space of Unicode or plus. */
bool line_is_name(struct text line);
/* A size or an index: digits with no zero before them, below MERKLE_SIZE_MOST. */
bool line_number(struct text line, int64_t *out);
/* Base64 of 32 bytes. */
bool line_digest(struct text line, struct digest *out);

void writer_digest_line(struct writer *w, const struct digest *digest);

#endif
