/*
 * page.c - lists a page at a time, and what a query may hold.
 *
 * The one idea: the next page starts behind the sort values of the last item shown, so that what
 * is added or taken away meanwhile neither repeats an item nor hides one.
 */
#include "call/page.h"

#include <string.h>

#include "concordat/core/calendar.h"
#include "concordat/wire/emit.h"

#define LIMIT_USUAL 50
#define LIMIT_MOST 200
/* In hexadecimal: a kind, an id and a name of 200 characters, each of up to 4 bytes. With the other
 * parameters it still fits into the longest target that the edge takes, 2 KiB. */
#define CURSOR_MOST 1750

void query_refuse(struct call *call, const char *name, struct text sentence)
{
	struct json_error *error = arena_make(call->arena, struct json_error);
	struct problem problem = {
		.status = 400,
		.code = "query",
		.detail = text_printf(call->arena, "The parameter %s does not fit. %.*s", name,
				      TEXT_FMT(sentence)),
		.errors = {error, 1},
	};

	*error = (struct json_error){text_printf(call->arena, "/%s", name), sentence};
	call_finish_problem(call, &problem);
}

bool query_id(struct call *call, const char *name, struct uuid *id)
{
	struct text value = call->query(call, name);

	if (!value.at || uuid_parse(value, id))
		return true;
	query_refuse(call, name, TEXT("Give an id, as another answer showed it."));
	return false;
}

bool query_number(struct call *call, const char *name, int32_t *number)
{
	struct text value = call->query(call, name);

	if (!value.at || text_to_number(value, number))
		return true;
	query_refuse(call, name, TEXT("Give a whole number; 1 is the first."));
	return false;
}

bool query_day(struct call *call, const char *name, int32_t *day)
{
	struct text value = call->query(call, name);

	if (!value.at || day_parse(value, day))
		return true;
	query_refuse(call, name, TEXT("Give a day such as 2026-04-13."));
	return false;
}

bool query_word(struct call *call, const char *name, const char *const *words, struct text *word)
{
	struct text value = call->query(call, name);
	struct writer w;

	if (!value.at || enum_parse(words, value) != NO_ENUM) {
		if (value.at)
			*word = value;
		return true;
	}
	writer_init(&w, call->arena);
	writer_puts(&w, "Give one of:");
	for (size_t i = 0; words[i]; i++)
		writer_printf(&w, "%s %s", i ? "," : "", words[i]);
	writer_char(&w, '.');
	query_refuse(call, name, writer_text(&w));
	return false;
}

bool query_text(struct call *call, const char *name, size_t most, struct text *text)
{
	struct text value = call->query(call, name);
	bool sound = value.len <= most && text_is_utf8(value);

	for (size_t i = 0; sound && i < value.len; i++)
		sound = (unsigned char)value.at[i] >= 0x20;
	if (!value.at || sound) {
		if (value.len)
			*text = value;
		return true;
	}
	query_refuse(call, name,
		     text_printf(call->arena, "Give at most %zu characters, all of them printable.",
				 most));
	return false;
}

/* ---- cursors ---- */

struct text page_cursor(const struct page *page, const struct text *parts)
{
	struct writer w;
	struct text plain;

	writer_init(&w, page->call->arena);
	writer_puts(&w, page->kind);
	for (size_t i = 0; i < page->parts; i++) {
		writer_char(&w, '|');
		writer_put(&w, parts[i]);
	}
	plain = writer_text(&w);
	return text_hex(page->call->arena, plain.at, plain.len);
}

struct page page_first(struct call *call, const char *kind, size_t parts)
{
	return (struct page){.call = call, .kind = kind, .parts = parts, .limit = LIMIT_USUAL};
}

bool page_after(struct page *page, struct text cursor)
{
	size_t len = cursor.len / 2;
	char *plain = arena_alloc(page->call->arena, len + 1);
	struct text rest = {plain, len};
	size_t kind_len = strlen(page->kind);

	if (cursor.len > CURSOR_MOST || cursor.len % 2 || !text_unhex(cursor, plain, len) ||
	    memchr(plain, '\0', len) || !text_is_utf8(rest) || len <= kind_len ||
	    !text_starts(rest, page->kind) || plain[kind_len] != '|')
		return false;
	rest = (struct text){plain + kind_len + 1, len - kind_len - 1};
	for (size_t i = 0; i + 1 < page->parts; i++) {
		const char *bar = memchr(rest.at, '|', rest.len);

		if (!bar)
			return false;
		page->after[i] = (struct text){rest.at, (size_t)(bar - rest.at)};
		rest = (struct text){bar + 1, rest.len - page->after[i].len - 1};
	}
	page->after[page->parts - 1] = rest;
	page->has_after = true;
	return true;
}

bool page_read(struct call *call, const char *kind, const char *const *filters, size_t parts,
	       struct page *page)
{
	struct text limit = call->query(call, "limit"), after = call->query(call, "after");

	*page = page_first(call, kind, parts);
	page->filters = filters;
	if (limit.at &&
	    (!text_to_int(limit, &page->limit) || page->limit < 1 || page->limit > LIMIT_MOST)) {
		query_refuse(call, "limit", TEXT("Give a whole number from 1 to 200."));
		return false;
	}
	if (after.at && !page_after(page, after)) {
		page_refuse(page);
		return false;
	}
	return true;
}

void page_refuse(struct page *page)
{
	query_refuse(page->call, "after",
		     TEXT("Give it exactly as the page before gave it in \"next\", with the same "
			  "filters and sort, or leave it out to start again."));
}

/* Percent-encoded, but for what RFC 3986 calls unreserved. */
static void put_encoded(struct writer *w, struct text value)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.at[i];

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    c == '-' || c == '.' || c == '_' || c == '~')
			writer_char(w, (char)c);
		else
			writer_printf(w, "%%%02X", c);
	}
}

static struct text next_query(const struct page *page, struct text cursor)
{
	struct writer w;

	writer_init(&w, page->call->arena);
	writer_printf(&w, "after=%.*s&limit=%lld", TEXT_FMT(cursor), (long long)page->limit);
	for (size_t i = 0; page->filters && page->filters[i]; i++) {
		struct text value = page->call->query(page->call, page->filters[i]);

		if (!value.at)
			continue;
		writer_printf(&w, "&%s=", page->filters[i]);
		put_encoded(&w, value);
	}
	return writer_text(&w);
}

struct text page_next(const struct page *page, const struct text *parts)
{
	return next_query(page, page_cursor(page, parts));
}

void page_answer(struct page *page, struct writer *items, const struct text *parts)
{
	struct reply reply = {.status = 200};
	struct text cursor = parts ? page_cursor(page, parts) : TEXT_NONE;
	struct writer w;

	writer_init(&w, page->call->arena);
	emit_begin(&w, NULL, '{');
	emit_json(&w, "items", writer_text(items));
	if (parts) {
		emit_text(&w, "next", cursor);
		reply.next = next_query(page, cursor);
	} else {
		emit_json(&w, "next", TEXT("null"));
	}
	emit_end(&w, '}');
	reply.body = writer_text(&w);
	call_finish(page->call, &reply);
}

struct param page_most(const struct page *page)
{
	return param_int(page->call->arena, page->limit + 1);
}

void page_rows(struct page *page, enum store_outcome outcome, const struct rows *rows, page_put put)
{
	struct text last[PAGE_PARTS];
	struct writer w;

	if (outcome != STORE_DONE) {
		call_store_fault(page->call, outcome);
		return;
	}
	writer_init(&w, page->call->arena);
	emit_begin(&w, NULL, '[');
	for (size_t row = 0; row < rows->count && (int64_t)row < page->limit; row++) {
		if (row_is_null(rows, row, 0))
			break;
		put(page, &w, rows, row);
		for (size_t part = 0; part < page->parts; part++)
			last[part] = row_text(rows, row, part);
	}
	emit_end(&w, ']');
	page_answer(page, &w, (int64_t)rows->count > page->limit ? last : NULL);
}

void page_all(struct call *call, enum store_outcome outcome, const struct rows *rows, page_put put)
{
	struct page page = {.call = call, .limit = INT64_MAX};

	page_rows(&page, outcome, rows, put);
}

bool page_after_id(struct page *page, size_t part, struct uuid *id)
{
	if (!page->has_after || uuid_parse(page->after[part], id))
		return true;
	page_refuse(page);
	return false;
}
