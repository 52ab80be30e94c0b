/*
 * rows.c - parameters into a statement, rows out of it.
 *
 * Everything travels as text except bytes, so that SQL needs no knowledge of
 * C's types and a reader of a statement sees its casts. Rows are copied into
 * the caller's arena: no PGresult leaves this room.
 */
#include "rows.h"

#include <assert.h>
#include <string.h>

#include "concordat/core/calendar.h"

#define BYTEA_OID 17

static struct text cell_of(struct arena *arena, const PGresult *result, int row, int column)
{
	struct text t;
	char *bytes;

	if (PQgetisnull(result, row, column))
		return TEXT_NONE;
	t = (struct text){PQgetvalue(result, row, column),
			  (size_t)PQgetlength(result, row, column)};
	if (PQftype(result, column) != BYTEA_OID)
		return text_copy(arena, t);
	assert(text_starts(t, "\\x")); /* bytea_output is hex in every session of ours */
	t = (struct text){t.at + 2, t.len - 2};
	bytes = arena_alloc(arena, t.len / 2 + 1);
	if (!text_unhex(t, bytes, t.len / 2))
		return TEXT_NONE;
	return (struct text){bytes, t.len / 2};
}

struct rows *rows_of(struct arena *arena, const PGresult *result)
{
	struct rows *rows = arena_make(arena, struct rows);
	struct text *cells;

	rows->count = (size_t)PQntuples(result);
	rows->columns = (size_t)PQnfields(result);
	cells = arena_array(arena, struct text, rows->count * rows->columns);
	for (size_t r = 0; r < rows->count; r++)
		for (size_t c = 0; c < rows->columns; c++)
			cells[r * rows->columns + c] = cell_of(arena, result, (int)r, (int)c);
	rows->cells = cells;
	return rows;
}

int64_t result_int(const PGresult *result, int row, int column, int64_t when_null)
{
	int64_t n;

	if (row >= PQntuples(result) || PQgetisnull(result, row, column))
		return when_null;
	return text_to_int(text_of(PQgetvalue(result, row, column)), &n) ? n : when_null;
}

bool params_settle(struct arena *arena, const struct param *params, size_t count, struct param *out)
{
	for (size_t i = 0; i < count; i++) {
		struct text value = params[i].value;

		out[i] = params[i];
		if (params[i].binary || !value.at)
			continue;
		if (memchr(value.at, '\0', value.len))
			return false;
		out[i].value.at = text_cstr(arena, value);
	}
	return true;
}

struct text row_text(const struct rows *rows, size_t row, size_t column)
{
	assert(row < rows->count && column < rows->columns);
	return rows->cells[row * rows->columns + column];
}

bool row_digest(const struct rows *rows, size_t row, size_t column, struct digest *out)
{
	struct text bytes = row_text(rows, row, column);

	if (bytes.len != sizeof(out->bytes))
		return false;
	memcpy(out->bytes, bytes.at, bytes.len);
	return true;
}

bool row_is_null(const struct rows *rows, size_t row, size_t column)
{
	return row_text(rows, row, column).at == NULL;
}

int64_t row_int(const struct rows *rows, size_t row, size_t column, int64_t when_null)
{
	struct text t = row_text(rows, row, column);
	int64_t n;

	if (!t.at)
		return when_null;
	/* A column that is no whole number is a mistake in the statement. */
	if (!text_to_int(t, &n))
		assert(!"row_int: not a whole number");
	return n;
}

bool row_bool(const struct rows *rows, size_t row, size_t column)
{
	return text_is(row_text(rows, row, column), "t");
}

struct uuid row_uuid(const struct rows *rows, size_t row, size_t column)
{
	struct text t = row_text(rows, row, column);
	struct uuid id = {{0}};

	if (t.at && !uuid_parse(t, &id))
		assert(!"row_uuid: not a UUID");
	return id;
}

struct param param_uuid(struct arena *arena, struct uuid id)
{
	return PARAM(uuid_is_zero(id) ? TEXT_NONE : uuid_text(arena, id));
}

struct param param_int(struct arena *arena, int64_t n)
{
	return PARAM(text_printf(arena, "%lld", (long long)n));
}

struct param param_bool(bool value)
{
	return PARAM(value ? TEXT("t") : TEXT("f"));
}

struct param param_digest(struct arena *arena, struct digest digest)
{
	const char *bytes = arena_copy(arena, digest.bytes, sizeof(digest.bytes));

	return PARAM_BYTES(((struct text){bytes, sizeof(digest.bytes)}));
}

struct param param_instant(struct arena *arena, int64_t at_us)
{
	return PARAM(at_us == NEVER_US ? TEXT_NONE : instant_text(arena, at_us));
}

struct param param_array(struct arena *arena, const struct text *items, size_t count)
{
	struct writer w;

	writer_init(&w, arena);
	writer_char(&w, '{');
	for (size_t i = 0; i < count; i++) {
		if (i)
			writer_char(&w, ',');
		if (!items[i].at) {
			writer_puts(&w, "NULL");
			continue;
		}
		writer_char(&w, '"');
		for (size_t k = 0; k < items[i].len; k++) {
			if (items[i].at[k] == '"' || items[i].at[k] == '\\')
				writer_char(&w, '\\');
			writer_char(&w, items[i].at[k]);
		}
		writer_char(&w, '"');
	}
	writer_char(&w, '}');
	return PARAM(writer_text(&w));
}
