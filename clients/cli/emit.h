/*
 * emit.h - what results have beside the JSON that wire writes: a range of a price.
 */
#ifndef CONCORDAT_CLI_EMIT_H
#define CONCORDAT_CLI_EMIT_H

#include "concordat/wire/emit.h"

/* {"low":1,"mid":2,"high":3} in pence; left out when mid is NO_INT. */
void emit_range(struct writer *w, const char *name, int64_t low_p, int64_t mid_p, int64_t high_p);

#endif
