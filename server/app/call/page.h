/*
 * page.h - lists a page at a time, and what a query may hold.
 *
 * A cursor is opaque to the caller: the hexadecimal of what kind of list it is for and of the last
 * item's sort values. Whatever does not come back as it was given is refused, not guessed at.
 */
#ifndef CONCORDAT_SERVER_APP_PAGE_H
#define CONCORDAT_SERVER_APP_PAGE_H

#include "internal.h"

#define PAGE_PARTS 4

struct page {
	struct call *call;
	const char *kind;	    /* of the list: a cursor of another is refused */
	const char *const *filters; /* NULL-terminated names, kept in the next page's address */
	size_t parts;		    /* of the cursor */
	int64_t limit;
	bool has_after;
	struct text after[PAGE_PARTS]; /* the last one may hold anything */
};

/* Reads limit and after. False when the call has been answered with 400. */
bool page_read(struct call *call, const char *kind, const char *const *filters, size_t parts,
	       struct page *page) __attribute__((warn_unused_result));
/* For what comes otherwise than in the query: a first page of the usual size; and takes cursor to
 * page->after, false when it is not one of these, and nothing is answered. */
struct page page_first(struct call *call, const char *kind, size_t parts);
bool page_after(struct page *page, struct text cursor) __attribute__((warn_unused_result));
/* The cursor of an item with those sort values, as many as the kind has. */
struct text page_cursor(const struct page *page, const struct text *parts);
/* For a cursor whose parts turn out to be unsound: answers 400. */
void page_refuse(struct page *page);
/* The query of the next page, for what is answered otherwise than by page_answer. */
struct text page_next(const struct page *page, const struct text *parts);
/* Answers {"items":[...],"next":...}; items has them with '[' before and ']' behind them. parts
 * NULL: this is the last page. */
void page_answer(struct page *page, struct writer *items, const struct text *parts);

/* How many rows to ask the database for: one more than limit, to know whether there is a next page.
 */
struct param page_most(const struct page *page);
/* A page of those rows: each begins with its cursor and is put by put, and the call is answered. A
 * row without a cursor says that there is none. */
typedef void (*page_put)(struct page *page, struct writer *w, const struct rows *rows, size_t row);
void page_rows(struct page *page, enum store_outcome outcome, const struct rows *rows,
	       page_put put);
/* The same of a list that is one page, however long. */
void page_all(struct call *call, enum store_outcome outcome, const struct rows *rows, page_put put);
/* A part of the cursor that is an id: true when there is no cursor (the id is left alone) or it is
 * sound; else the call has been answered. */
bool page_after_id(struct page *page, size_t part, struct uuid *id)
	__attribute__((warn_unused_result));

/* Ends the call with 400 and the parameter that was wrong. */
void query_refuse(struct call *call, const char *name, struct text sentence);
/* Each is true when the parameter is absent (the value is then left alone) or sound; else the call
 * has been answered. */
bool query_id(struct call *call, const char *name, struct uuid *id)
	__attribute__((warn_unused_result));
/* A whole number from 1. */
bool query_number(struct call *call, const char *name, int32_t *number)
	__attribute__((warn_unused_result));
bool query_day(struct call *call, const char *name, int32_t *day)
	__attribute__((warn_unused_result));
bool query_word(struct call *call, const char *name, const char *const *words, struct text *word)
	__attribute__((warn_unused_result));
/* Printable, of at most so many bytes. */
bool query_text(struct call *call, const char *name, size_t most, struct text *text)
	__attribute__((warn_unused_result));

#endif
