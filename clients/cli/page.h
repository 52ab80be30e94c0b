/*
 * page.h - plain text for people: 100 characters wide, figures in columns on the right.
 *
 * The same on a terminal and in a file: no colours, no width that is asked for. Characters are
 * counted, not bytes.
 */
#ifndef CONCORDAT_CLI_PAGE_H
#define CONCORDAT_CLI_PAGE_H

#include "concordat/base/text.h"

#define PAGE_WIDTH 100

/* A paragraph, broken between words; lines after the first stand `hang` further in. Without control
 * characters, wherever the words are from. */
void page_put(struct writer *w, size_t indent, size_t hang, struct text words);
/* A paragraph led by a word, "Source: ...", the rest beneath its first word. Absent: nothing. */
void page_note(struct writer *w, size_t indent, const char *lead, struct text words);
/* A label and its figures, right-aligned. A label too long goes on below. */
void page_row(struct writer *w, size_t indent, struct text label, const struct text *cells,
	      size_t count);
/* "£1,250.50"; "-" for NO_INT. */
struct text page_money(struct arena *arena, int64_t pence);
/* "1 January 2026" */
struct text page_day(struct arena *arena, int32_t day);
/* The first letter large: "staff" -> "Staff"; underlines become spaces. */
struct text page_title(struct arena *arena, struct text word);

#endif
