/*
 * csv.c - cells and lines of RFC 4180 (comma-separated values).
 */
#include "call/csv.h"

#include <string.h>

#include "concordat/core/calendar.h"
#include "concordat/core/money.h"
#include "internal.h"

#define CSV_TYPE "text/csv"

const char *const app_report_types[] = {CSV_TYPE, NULL};

void csv_text(struct writer *w, struct text value)
{
	writer_char(w, '"');
	if (value.len && memchr("=+-@\t\r\n|%", value.at[0], 9))
		writer_char(w, '\'');
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] == '"')
			writer_char(w, '"');
		writer_char(w, value.at[i]);
	}
	writer_puts(w, "\",");
}

void csv_int(struct writer *w, int64_t n)
{
	if (n != NO_INT)
		writer_printf(w, "%lld", (long long)n);
	writer_char(w, ',');
}

void csv_money(struct writer *w, int64_t pence)
{
	int64_t whole = pence < 0 ? -pence : pence;

	if (pence != NO_INT)
		writer_printf(w, "%s%lld.%02d", pence < 0 ? "-" : "", (long long)(whole / 100),
			      (int)(whole % 100));
	writer_char(w, ',');
}

void csv_day(struct writer *w, int32_t day)
{
	if (day != NO_DAY)
		writer_put(w, day_text(w->arena, day));
	writer_char(w, ',');
}

void csv_end(struct writer *w)
{
	w->len--; /* the comma behind the last */
	writer_puts(w, "\r\n");
}

bool csv_is_wanted(const struct call *call)
{
	return call->accepted && !strcmp(call->accepted, CSV_TYPE);
}

void csv_answer(struct call *call, struct text body, const char *name, struct text next)
{
	struct reply reply = {
		.status = 200,
		.content_type = CSV_TYPE "; charset=utf-8; header=present",
		.disposition = text_printf(call->arena, "attachment; filename=\"%s.csv\"", name),
		.body = body,
		.next = next,
	};

	call_finish(call, &reply);
}
