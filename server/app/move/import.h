/*
 * import.h - a caseload that is brought in: its rows, their columns, and the two moves of each.
 */
#ifndef CONCORDAT_SERVER_APP_IMPORT_H
#define CONCORDAT_SERVER_APP_IMPORT_H

#include "internal.h"

#include "concordat/wire/csv.h"

enum import_column {
	COLUMN_PERSON_NAME,
	COLUMN_PERSON_INITIALS,
	COLUMN_DATE_OF_BIRTH,
	COLUMN_CASE_REFERENCE,
	COLUMN_EXTERNAL_REFERENCE,
	COLUMN_TEAM,
	COLUMN_CARE_SETTING,
	COLUMN_PROVIDER,
	COLUMN_HOME,
	COLUMN_STARTED,
	COLUMN_START,
	COLUMN_WEEKLY,
	COLUMN_LINES,
	COLUMN_PERSON_PAYS,
	COLUMN_NHS_PAYS,
	COLUMN_THIRD_PARTY_PAYS,
	COLUMN_NEXT_REVIEW,
	COLUMN_REVIEW_KIND,
	COLUMN_CONTRACT_REFERENCE,
	IMPORT_COLUMNS
};

struct event;

/* Which cell of a record each column is; -1: the file has none. */
struct import_header {
	int at[IMPORT_COLUMNS];
	size_t count; /* of the cells of each record */
};

/* Why a row does not go in. */
struct import_refusal {
	const char *code;    /* NULL: it is not refused */
	struct text pointer; /* "/started": the column; "": the whole row */
	struct text detail;
};

struct import_row {
	int64_t number; /* of the record in the file */
	struct text whole;
	const struct text *cells;
	struct uuid provider, home; /* looked up; zero: not found */
	int64_t homes_found;
	struct uuid key; /* its own, so that a repeat makes nothing twice */
	struct digest request;
	struct uuid placement; /* zero: not in yet */
	struct text reference;
	struct uuid there; /* what another import brought in under its external reference */
	struct text there_reference;
	struct import_refusal refusal;
};

/* What one row asks for. */
struct import_moves {
	struct open_placement *opening;
	struct record_existing_agreement *existing;
};

/* False and *why when the record is no header. */
bool import_header_read(struct arena *arena, const struct csv_record *record,
			struct import_header *header, struct text *why)
	__attribute__((warn_unused_result));
/* The row, refused where it shows by itself that it cannot go in: by its number of cells, or by one
 * that is a formula. */
struct import_row import_row_of(struct arena *arena, const struct import_header *header,
				const struct csv_record *record);
/* The cell; TEXT_NONE: empty, or the file has no such column. */
struct text import_cell(const struct import_header *header, const struct import_row *row,
			enum import_column column);
/* The two moves, once provider and home are known; false and row->refusal. All in arena but the
 * refusal, which is in keep. */
bool import_row_moves(struct arena *arena, struct arena *keep, const struct import_header *header,
		      struct import_row *row, int32_t today, struct import_moves *out)
	__attribute__((warn_unused_result));
/* What the core refused of them. */
void import_row_refuse(struct arena *keep, const struct import_header *header,
		       struct import_row *row, const struct refusal *refusal);

/* ---- many rows: import.c, import_bring.c ---- */

struct importing {
	struct call *call;
	struct actor actor;
	const struct authority_settings *adopted;
	struct event *turn;
	bool all; /* none goes in when one is refused */
	struct import_header header;
	struct text header_whole;
	struct import_row *rows;
	size_t count, next; /* the next one to look at */
	size_t on_way;	    /* appends and numbers that are waited for */
	size_t known;	    /* that were in before this call */
	struct uuid id;	    /* the same for every try of the call */
	bool decided;	    /* every row, and they are being written */
	bool broken_off;
	enum store_outcome outcome; /* then: what broke it off */
};

/* Whether it is neither refused nor in. */
bool import_is_to_do(const struct import_row *row);
size_t import_count(const struct importing *im, bool refused);
/* Decides all rows, a few a turn of the loop, and writes them; import_end comes once. What was
 * written is over once it all is: from then on its providers are told. */
void import_decide(struct importing *im);
void on_import_turn(int socket, short what, void *context);
/* Answers the call. */
void import_end(struct importing *im);

#endif
