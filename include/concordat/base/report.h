/*
 * report.h - log lines, one JSON object a line on standard error.
 *
 * A line carries time, level, room, message and pairs. Never a person's name,
 * a token or a body: references and ids only. The one clock read for the stamp
 * is here.
 */
#ifndef CONCORDAT_BASE_REPORT_H
#define CONCORDAT_BASE_REPORT_H

#include <stdbool.h>

enum report_level { REPORT_DEBUG, REPORT_INFO, REPORT_WARNING, REPORT_ERROR };

void report_set_level(enum report_level least);
/* Whether a line of that level is written: for whoever has work with its pairs. */
bool report_is_on(enum report_level level);
bool report_level_parse(const char *name, enum report_level *out);

/* pairs: name, value, name, value, ..., NULL (all const char *; NULL value is left out). */
void report(enum report_level level, const char *room, const char *message, ...)
	__attribute__((sentinel));

/* The program is in a state it must not go on from: one line, then exit with 70. */
void report_fatal(const char *room, const char *message) __attribute__((noreturn));

/* Times since start that a line could not be written (disk full, pipe gone). */
unsigned long report_dropped(void);

#endif
