/*
 * emit.c - a range of a price, as guide and uplift show it.
 */
#include "emit.h"

void emit_range(struct writer *w, const char *name, int64_t low_p, int64_t mid_p, int64_t high_p)
{
	if (mid_p == NO_INT)
		return;
	emit_begin(w, name, '{');
	emit_int(w, "low", low_p);
	emit_int(w, "mid", mid_p);
	emit_int(w, "high", high_p);
	emit_end(w, '}');
}
