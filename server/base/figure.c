/*
 * figure.c - figures in Prometheus' text form, one name prefix for all.
 */
#include "concordat/base/figure.h"

static void put(struct writer *w, const char *name, const char *type, const char *help,
		int64_t value)
{
	writer_printf(w, "# HELP concordat_%s %s\n# TYPE concordat_%s %s\nconcordat_%s %lld\n",
		      name, help, name, type, name, (long long)value);
}

void counter_write(struct writer *w, const char *name, const char *help, int64_t value)
{
	put(w, name, "counter", help, value);
}

void gauge_write(struct writer *w, const char *name, const char *help, int64_t value)
{
	put(w, name, "gauge", help, value);
}
