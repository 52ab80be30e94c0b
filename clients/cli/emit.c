/*
 * emit.c - the JSON of a result, piece by piece.
 *
 * The one idea: whether a comma is due can be read off the last character written, since no value
 * ends in an opening bracket or a colon outside its quotes.
 */
#include "emit.h"

#include "concordat/core/calendar.h"
#include "concordat/core/money.h"

static void put_name(struct writer *w, struct text name)
{
	char last = w->len ? w->at[w->len - 1] : '{';

	if (last != '{' && last != '[' && last != ':')
		writer_char(w, ',');
	if (!name.at)
		return;
	canon_string(w, name);
	writer_char(w, ':');
}

void emit_begin(struct writer *w, struct text name, char bracket)
{
	put_name(w, name);
	writer_char(w, bracket);
}

void emit_end(struct writer *w, char bracket)
{
	writer_char(w, bracket);
}

void emit_text(struct writer *w, const char *name, struct text value)
{
	if (!value.at)
		return;
	put_name(w, text_of(name));
	canon_string(w, value);
}

void emit_bool(struct writer *w, const char *name, bool value)
{
	put_name(w, text_of(name));
	writer_puts(w, value ? "true" : "false");
}

void emit_int(struct writer *w, const char *name, int64_t value)
{
	if (value == NO_INT)
		return;
	put_name(w, text_of(name));
	writer_int(w, value);
}

void emit_decimal(struct writer *w, const char *name, int64_t value_r)
{
	if (value_r != NO_INT)
		emit_text(w, name, rate_text(w->arena, value_r));
}

void emit_day(struct writer *w, const char *name, int32_t day)
{
	if (day != NO_DAY)
		emit_text(w, name, day_text(w->arena, day));
}

void emit_range(struct writer *w, const char *name, int64_t low_p, int64_t mid_p, int64_t high_p)
{
	if (mid_p == NO_INT)
		return;
	emit_begin(w, text_of(name), '{');
	emit_int(w, "low", low_p);
	emit_int(w, "mid", mid_p);
	emit_int(w, "high", high_p);
	emit_end(w, '}');
}
