/* figure.h - one figure of /metrics, in Prometheus' text form. */
#ifndef CONCORDAT_BASE_FIGURE_H
#define CONCORDAT_BASE_FIGURE_H

#include "concordat/base/text.h"

/* Writes HELP, TYPE and the value of concordat_<name>. A counter's name ends in _total. */
void counter_write(struct writer *w, const char *name, const char *help, int64_t value);
void gauge_write(struct writer *w, const char *name, const char *help, int64_t value);

#endif
