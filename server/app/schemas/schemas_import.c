/*
 * schemas_import.c - the field tables of what came of a caseload that was brought in.
 */
#include "concordat/app/schemas.h"
#include "concordat/core/fields.h"

static const struct field import_report_row_fields[] = {
	INT_F(import_report_row, row, REQ, 1, 1000000, "the row of the file; the header is 1"),
	ID_F(import_report_row, placement, 0, "the placement it became, or that is there already"),
	TEXT_F(import_report_row, reference, 0, 30, "its reference"),
	TEXT_F(import_report_row, code, 0, 60, "else: the rule that refused it"),
	TEXT_F(import_report_row, pointer, 0, 60,
	       "the column, as in /started; of all of it: empty"),
	TEXT_F(import_report_row, detail, 0, 2000, "what is wrong and what to do"),
};
TABLE(import_report_row, struct import_report_row, "What came of one row");

static const struct field import_report_fields[] = {
	INT_F(import_report, rows, REQ, 1, 1000000, "how many there are"),
	INT_F(import_report, placed, REQ, 0, 1000000, "how many are in, by this try or an earlier"),
	INT_F(import_report, refused, REQ, 0, 1000000, "how many were refused"),
	LIST_F(import_report, items, REQ, 1, 10000, &import_report_row_schema, "row by row"),
};
TABLE(import_report, struct import_report, "What came of a caseload that was brought in");
