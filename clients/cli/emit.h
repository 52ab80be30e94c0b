/*
 * emit.h - the JSON of a result, piece by piece.
 *
 * Each call puts the comma that it needs. name is empty (TEXT_NONE) inside an array. What is absent
 * is left out. Money is whole pence; what is finer is a decimal in quotes, as everywhere else.
 */
#ifndef CONCORDAT_CLI_EMIT_H
#define CONCORDAT_CLI_EMIT_H

#include "concordat/core/schema.h"

void emit_begin(struct writer *w, struct text name, char bracket);
void emit_end(struct writer *w, char bracket);
void emit_text(struct writer *w, const char *name, struct text value);
void emit_bool(struct writer *w, const char *name, bool value);
void emit_int(struct writer *w, const char *name, int64_t value);	/* NO_INT: left out */
void emit_decimal(struct writer *w, const char *name, int64_t value_r); /* NO_INT: left out */
void emit_day(struct writer *w, const char *name, int32_t day);		/* NO_DAY: left out */
/* {"low":1,"mid":2,"high":3} in pence; left out when mid is NO_INT. */
void emit_range(struct writer *w, const char *name, int64_t low_p, int64_t mid_p, int64_t high_p);

#endif
