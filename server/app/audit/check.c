/*
 * check.c - findings, and rows of one table against those that there should be.
 */
#include "audit/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WORDS_MOST 160 /* of a cell that is shown */

const char *const check_table_names[] = {
	[CHECK_FACT] = "fact",
	[CHECK_STREAM] = "stream",
	[CHECK_PLACEMENT] = "placement",
	[CHECK_PARTY] = "placement_party",
	[CHECK_OBLIGATION] = "obligation",
	[CHECK_OBLIGATION_WAS] = "obligation_was",
	[CHECK_PERSON] = "person",
	[CHECK_TEXT] = "personal_text",
	[CHECK_LOG_HEAD] = "log_head",
	[CHECK_LOG_TILE] = "log_tile",
	[CHECK_LOG_CHECKPOINT] = "log_checkpoint",
	[CHECK_LOG_SEAL] = "log_seal",
	[CHECK_LOG_DIR] = "log_dir",
	[CHECK_TABLES] = NULL,
};

void verify_fault(struct check *check, enum check_table table, struct text key, const char *format,
		  ...)
{
	char sentence[1024];
	va_list arguments;

	check->out->faults[table]++;
	if (check->out->first.at)
		return;
	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	check->out->first = text_printf(check->arena, "%s, %.*s: %s", check_table_names[table],
					TEXT_FMT(key), sentence);
}

struct text verify_key(struct arena *arena, struct uuid ledger, int64_t entry)
{
	struct text id = uuid_text(arena, ledger);

	return entry ? text_printf(arena, "ledger %.*s, entry %lld", TEXT_FMT(id), (long long)entry)
		     : text_printf(arena, "ledger %.*s", TEXT_FMT(id));
}

/* ---- cells ---- */

struct text cell_int(struct arena *arena, int64_t n)
{
	return text_printf(arena, "%lld", (long long)n);
}

struct text cell_int_or_null(struct arena *arena, int64_t n)
{
	return n ? cell_int(arena, n) : TEXT_NONE;
}

struct text cell_instant(struct arena *arena, int64_t at_us)
{
	return at_us == NEVER_US ? TEXT_NONE : cell_int(arena, at_us);
}

struct text cell_id(struct arena *arena, struct uuid id)
{
	return uuid_is_zero(id) ? TEXT_NONE : uuid_text(arena, id);
}

struct text cell_bool(bool b)
{
	return b ? TEXT("t") : TEXT("f");
}

struct text cell_words(struct arena *arena, enum cell_kind kind, struct text cell)
{
	int64_t at_us;

	if (!cell.at)
		return TEXT("null");
	if (kind == CELL_INSTANT && text_to_int(cell, &at_us))
		return instant_text(arena, at_us);
	if (cell.len > WORDS_MOST)
		return text_printf(arena, "\"%.*s ...\"", WORDS_MOST, cell.at);
	return text_printf(arena, "\"%.*s\"", TEXT_FMT(cell));
}

static bool cell_same(struct text a, struct text b)
{
	return !a.at == !b.at && text_eq(a, b);
}

/* ---- rows ---- */

struct text *check_rows_add(struct arena *arena, struct check_rows *rows)
{
	size_t count = rows->row_count * rows->column_count;

	for (size_t i = 0; i < rows->column_count; i++)
		*LIST_ADD(arena, rows->cells, count) = TEXT_NONE;
	rows->row_count++;
	return &rows->cells[count - rows->column_count];
}

/* What tells the row apart: each key column with its value. */
static struct text row_key(struct arena *arena, struct uuid ledger, const struct check_rows *of,
			   const struct text *cells)
{
	struct text key = verify_key(arena, ledger, 0);

	for (size_t i = 0; i < of->key_columns; i++) {
		struct text value = of->columns[i].kind == CELL_INSTANT
					    ? cell_words(arena, CELL_INSTANT, cells[i])
					    : cells[i];

		key = text_printf(arena, "%.*s, %s %.*s", TEXT_FMT(key), of->columns[i].name,
				  TEXT_FMT(value));
	}
	return key;
}

/* Behind the ledger's own column. */
static const struct text *cells_of(const struct slice *are, size_t row)
{
	return &are->rows->cells[row * are->rows->columns + 1];
}

static bool is_row(const struct check_rows *of, const struct text *should, const struct text *is)
{
	for (size_t i = 0; i < of->key_columns; i++)
		if (!cell_same(should[i], is[i]))
			return false;
	return true;
}

static void compare_row(struct check *check, struct arena *arena, struct uuid ledger,
			const struct check_rows *of, const struct text *should,
			const struct text *is)
{
	for (size_t i = of->key_columns; i < of->column_count; i++) {
		const struct check_column *column = &of->columns[i];

		if (cell_same(should[i], is[i]))
			continue;
		verify_fault(check, of->table, row_key(arena, ledger, of, should),
			     "%s is %.*s and should be %.*s, by the entries.", column->name,
			     TEXT_FMT(cell_words(arena, column->kind, is[i])),
			     TEXT_FMT(cell_words(arena, column->kind, should[i])));
		return;
	}
}

void check_rows_compare(struct check *check, struct arena *arena, struct uuid ledger,
			const struct check_rows *should, const struct slice *are)
{
	size_t count = are->to - are->from;
	bool *known = arena_array(arena, bool, count);

	for (size_t i = 0; i < should->row_count; i++) {
		const struct text *cells = &should->cells[i * should->column_count];
		size_t at = 0;

		while (at < count &&
		       (known[at] || !is_row(should, cells, cells_of(are, are->from + at))))
			at++;
		if (at < count) {
			known[at] = true;
			compare_row(check, arena, ledger, should, cells,
				    cells_of(are, are->from + at));
		} else {
			verify_fault(check, should->table, row_key(arena, ledger, should, cells),
				     "the row is missing; by the entries there should be one.");
		}
	}
	for (size_t i = 0; i < count; i++)
		if (!known[i])
			verify_fault(check, should->table,
				     row_key(arena, ledger, should, cells_of(are, are->from + i)),
				     "there is a row that no entry made.");
}
