/*
 * csv.c - reads text/csv, a record at a time.
 *
 * A quote opens a cell only at its beginning, and within one stands twice; nothing is guessed. A
 * record with a flaw ends at its line's end, and a cell whose quote is never closed at the text's.
 */
#include <string.h>

#include "concordat/wire/csv.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define BROKEN_QUOTES                                                                        \
	"A quote stands where none may be: a cell is quoted as a whole, and a quote within " \
	"it stands twice."

struct scan {
	struct csv *csv;
	const char *at, *end;
	struct csv_record *out;
};

static bool is_line_end(const struct scan *s)
{
	return s->at == s->end || *s->at == '\n' ||
	       (*s->at == '\r' && s->end - s->at > 1 && s->at[1] == '\n');
}

static void fail(struct scan *s, const char *problem)
{
	if (!s->out->problem)
		s->out->problem = problem;
}

static void add_cell(struct scan *s, struct text cell)
{
	if (s->out->count < CSV_CELLS_MOST)
		s->out->cells[s->out->count] = cell;
	s->out->count++;
}

static void take_plain(struct scan *s)
{
	const char *from = s->at;

	for (; !is_line_end(s) && *s->at != ','; s->at++) {
		if (*s->at == '"')
			fail(s, BROKEN_QUOTES);
		if (*s->at == '\r')
			fail(s, "A carriage return stands alone. Lines end in CR LF, or in LF.");
	}
	add_cell(s, (struct text){from, (size_t)(s->at - from)});
}

/* Each doubled quote once. */
static struct text unquoted(struct arena *arena, struct text raw)
{
	char *to = arena_alloc(arena, raw.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < raw.len; i++) {
		to[len++] = raw.at[i];
		i += raw.at[i] == '"';
	}
	return (struct text){to, len};
}

static void take_quoted(struct scan *s)
{
	const char *from = ++s->at;
	bool doubled = false;
	struct text raw;

	for (; s->at < s->end; s->at++) {
		if (*s->at != '"')
			continue;
		if (s->end - s->at < 2 || s->at[1] != '"')
			break;
		doubled = true;
		s->at++;
	}
	raw = (struct text){from, (size_t)(s->at - from)};
	if (s->at == s->end) {
		fail(s, "A quote is opened and never closed, so nothing behind it can be read.");
		return;
	}
	s->at++;
	if (!is_line_end(s) && *s->at != ',')
		fail(s, BROKEN_QUOTES);
	while (!is_line_end(s) && *s->at != ',')
		s->at++;
	add_cell(s, doubled ? unquoted(s->csv->arena, raw) : raw);
}

static void take_record(struct scan *s)
{
	while (true) {
		if (s->at < s->end && *s->at == '"')
			take_quoted(s);
		else
			take_plain(s);
		if (s->at == s->end || *s->at != ',')
			return;
		s->at++;
	}
}

static void look_at_bytes(struct csv_record *record)
{
	if (memchr(record->whole.at, '\0', record->whole.len))
		record->problem = "There is a NUL character in it. Save it as text.";
	else if (!text_is_utf8(record->whole))
		record->problem = "It is not UTF-8. Save the file as CSV UTF-8.";
	if (record->problem)
		record->count = 0;
}

void csv_begin(struct csv *csv, struct arena *arena, struct text text)
{
	*csv = (struct csv){.arena = arena, .rest = text};
	if (text_starts(text, BYTE_ORDER_MARK))
		csv->rest = (struct text){text.at + 3, text.len - 3};
}

/* Past the lines with nothing in them; false at the end. */
static bool find_record(struct scan *s)
{
	for (; s->at < s->end; s->csv->number++, s->at++) {
		if (!is_line_end(s))
			return true;
		s->at += *s->at == '\r';
	}
	return false;
}

bool csv_next(struct csv *csv, struct csv_record *out)
{
	struct scan s = {csv, csv->rest.at, csv->rest.at + csv->rest.len, out};

	*out = (struct csv_record){.cells = arena_array(csv->arena, struct text, CSV_CELLS_MOST)};
	if (!csv->rest.at || !find_record(&s))
		return false;
	out->number = ++csv->number;
	out->whole.at = s.at;
	take_record(&s);
	out->whole.len = (size_t)(s.at - out->whole.at);
	if (s.at < s.end)
		s.at += *s.at == '\r' ? 2 : 1;
	csv->rest = (struct text){s.at, (size_t)(s.end - s.at)};
	look_at_bytes(out);
	return true;
}
