/*
 * csv.h - reads text/csv as RFC 4180 has it, a record at a time.
 *
 * Input is untrusted. Lines end in CR LF, or in LF alone; a mark of byte order before the first is
 * passed over, for spreadsheets write it; lines with nothing in them count but are no records.
 * Whatever is not plainly a record is said so, with a sentence, and reading goes on behind it.
 */
#ifndef CONCORDAT_WIRE_CSV_H
#define CONCORDAT_WIRE_CSV_H

#include "concordat/base/text.h"

struct csv {
	struct arena *arena;
	struct text rest; /* not read yet */
	int64_t number;	  /* of the record or empty line read last, 1 is the first */
};

struct csv_record {
	int64_t number;
	struct text whole;   /* as it stands there, without its line's end */
	struct text *cells;  /* the first CSV_CELLS_MOST; a cell is never absent */
	size_t count;	     /* of all its cells */
	const char *problem; /* NULL, or what is wrong with it: then it has no cells */
};

#define CSV_CELLS_MOST 32

/* text must live as long as what is read of it. */
void csv_begin(struct csv *csv, struct arena *arena, struct text text);
/* False when there are no more. */
bool csv_next(struct csv *csv, struct csv_record *out) __attribute__((warn_unused_result));

#endif
