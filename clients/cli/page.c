/*
 * page.c - plain text for people: 100 characters wide, figures in columns on the right.
 */
#include "page.h"

#include <string.h>

#include "concordat/core/calendar.h"
#include "concordat/core/money.h"
#include "concordat/core/schema.h"

#define COLUMN 13 /* holds -£999,999.99 and a space */

static size_t width_of(struct text t)
{
	size_t width = 0;

	for (size_t i = 0; i < t.len; i++)
		width += ((unsigned char)t.at[i] & 0xc0) != 0x80;
	return width;
}

/* How many bytes at the front a terminal would obey or turn around instead of showing: control
 * characters (C0, DEL, and C1 in two bytes) and marks of direction. 0: none. */
static size_t control_length(const char *at, size_t len)
{
	unsigned char c = (unsigned char)at[0];

	if (c < 0x20 || c == 0x7f)
		return c != '\t' && c != '\n';
	if (len >= 2 && c == 0xc2 && (unsigned char)at[1] < 0xa0)
		return 2;
	if (len >= 3 && memcmp(at, "\xe2\x80", 2) == 0)
		return strchr("\x8e\x8f\xaa\xab\xac\xad\xae", at[2]) ? 3 : 0;
	if (len >= 3 && memcmp(at, "\xe2\x81", 2) == 0)
		return strchr("\xa6\xa7\xa8\xa9", at[2]) ? 3 : 0;
	return 0;
}

/* What is told comes out of files that anybody may have made. */
static struct text shown_safely(struct arena *arena, struct text words)
{
	struct writer w;
	size_t control;

	writer_init(&w, arena);
	for (size_t i = 0; i < words.len; i += control ? control : 1) {
		control = control_length(words.at + i, words.len - i);
		if (!control)
			writer_char(&w, words.at[i]);
	}
	return writer_text(&w);
}

static void put_spaces(struct writer *w, size_t count)
{
	while (count-- > 0)
		writer_char(w, ' ');
}

/* The next word; *rest moves behind it. Its len is 0 at the end. */
static struct text next_word(struct text *rest)
{
	struct text word;

	while (rest->len && strchr(" \t\n", rest->at[0])) {
		rest->at++;
		rest->len--;
	}
	word = (struct text){rest->at, 0};
	while (rest->len && !strchr(" \t\n", rest->at[0])) {
		rest->at++;
		rest->len--;
		word.len++;
	}
	return word;
}

/* As many words as fit; *rest moves behind them. A word wider than the room stands alone. */
static struct text next_line(struct arena *arena, struct text *rest, size_t room)
{
	struct text after = *rest, word = next_word(&after);
	struct writer line;
	size_t width = 0;

	writer_init(&line, arena);
	while (word.len && (!width || width + 1 + width_of(word) <= room)) {
		if (width)
			writer_char(&line, ' ');
		writer_put(&line, word);
		width += (width > 0) + width_of(word);
		*rest = after;
		word = next_word(&after);
	}
	if (!word.len)
		*rest = after;
	return writer_text(&line);
}

void page_put(struct writer *w, size_t indent, size_t hang, struct text words)
{
	struct text line;

	words = shown_safely(w->arena, words);
	while ((line = next_line(w->arena, &words, PAGE_WIDTH - indent)).len) {
		put_spaces(w, indent);
		writer_put(w, line);
		writer_char(w, '\n');
		indent += hang;
		hang = 0;
	}
}

void page_note(struct writer *w, size_t indent, const char *lead, struct text words)
{
	if (words.len)
		page_put(w, indent, strlen(lead) + 1,
			 text_printf(w->arena, "%s %.*s", lead, TEXT_FMT(words)));
}

void page_row(struct writer *w, size_t indent, struct text label, const struct text *cells,
	      size_t count)
{
	size_t room = PAGE_WIDTH - indent - count * COLUMN;
	struct text line;

	label = shown_safely(w->arena, label);
	line = next_line(w->arena, &label, room);
	put_spaces(w, indent);
	writer_put(w, line);
	put_spaces(w, room > width_of(line) ? room - width_of(line) : 0);
	for (size_t i = 0; i < count; i++) {
		size_t width = width_of(cells[i]);

		put_spaces(w, width < COLUMN ? COLUMN - width : 1);
		writer_put(w, cells[i]);
	}
	writer_char(w, '\n');
	page_put(w, indent + 2, 0, label);
}

struct text page_money(struct arena *arena, int64_t pence)
{
	return pence == NO_INT ? TEXT("-") : money_text(arena, pence, true);
}

struct text page_day(struct arena *arena, int32_t day)
{
	struct text words = day_words(arena, day); /* "Monday 13 April 2026" */

	(void)next_word(&words);
	return (struct text){words.at + 1, words.len - 1};
}

struct text page_title(struct arena *arena, struct text word)
{
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < word.len; i++) {
		char c = word.at[i];

		if (i == 0 && c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		writer_char(&w, c == '_' ? ' ' : c);
	}
	return writer_text(&w);
}
