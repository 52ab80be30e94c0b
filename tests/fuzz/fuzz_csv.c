/*
 * fuzz_csv.c - arbitrary bytes as records of text/csv.
 *
 * Nothing may crash, a flaw must say something, records stand in the text one behind the other, and
 * what was taken must come back the same once it is quoted and read again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "concordat/wire/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
	if (!held)
		abort();
}

static struct text quoted(struct arena *arena, const struct csv_record *record)
{
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < record->count; i++) {
		writer_puts(&w, i ? ",\"" : "\"");
		for (size_t k = 0; k < record->cells[i].len; k++) {
			if (record->cells[i].at[k] == '"')
				writer_char(&w, '"');
			writer_char(&w, record->cells[i].at[k]);
		}
		writer_char(&w, '"');
	}
	return writer_text(&w);
}

static void read_again(struct arena *arena, const struct csv_record *record)
{
	struct csv_record again;
	struct csv csv;

	csv_begin(&csv, arena, quoted(arena, record));
	must(csv_next(&csv, &again));
	must(!again.problem && again.count == record->count);
	for (size_t i = 0; i < record->count; i++)
		must(text_eq(again.cells[i], record->cells[i]));
	must(!csv_next(&csv, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct text text = {(const char *)data, size};
	const char *last = text.at;
	struct csv_record record;
	struct csv csv;
	int64_t number = 0;

	csv_begin(&csv, arena, text);
	while (csv_next(&csv, &record)) {
		must(record.number > number && record.whole.at >= last && record.whole.len > 0);
		last = record.whole.at + record.whole.len;
		must(last <= text.at + size);
		number = record.number;
		if (record.problem)
			must(strlen(record.problem) > 20 && record.count == 0);
		else if (record.count <= CSV_CELLS_MOST)
			read_again(arena, &record);
	}
	arena_free(arena);
	return 0;
}
