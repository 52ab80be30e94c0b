/*
 * placement.c - `concordat placement import`: a caseload that already runs, a row a placement.
 *
 * The file goes to the service as it is, under a key made of its bytes: so the same file, sent
 * again, brings nothing in twice and completes what was broken off.
 */
#include <string.h>

#include "concordat/base/id.h"
#include "concordat/base/sha256.h"
#include "concordat/core/fields.h"
#include "concordat/wire/json.h"

#include "command.h"
#include "document.h"
#include "page.h"
#include "service.h"

#define FILE_MIB 64 /* the most that a service can be set to take */

/* As POST /v1/placements/import answers. */
struct report_row {
	int64_t row;
	struct uuid placement;
	struct text reference, code, pointer, detail;
};

struct report {
	int64_t rows, placed, refused;
	struct list items; /* struct report_row */
};

struct report_error {
	struct text pointer, detail;
};

struct report_problem {
	struct list errors; /* struct report_error */
};

static const struct field report_row_fields[] = {
	INT_F(report_row, row, REQ, 1, 1000000, ""),
	ID_F(report_row, placement, 0, ""),
	TEXT_F(report_row, reference, 0, 30, ""),
	TEXT_F(report_row, code, 0, 60, ""),
	F(report_row, pointer, "pointer", FIELD_TEXT, 0, 0, 60, NULL, NULL, ""),
	TEXT_F(report_row, detail, 0, 2000, ""),
};
static TABLE(report_row, struct report_row, "What came of one row");

static const struct field report_fields[] = {
	INT_F(report, rows, REQ, 0, 1000000, ""),
	INT_F(report, placed, REQ, 0, 1000000, ""),
	INT_F(report, refused, REQ, 0, 1000000, ""),
	LIST_F(report, items, REQ, 0, 1000000, &report_row_schema, ""),
};
static TABLE(report, struct report, "What came of a caseload");

static const struct field report_error_fields[] = {
	F(report_error, pointer, "pointer", FIELD_TEXT, 0, 0, 60, NULL, NULL, ""),
	TEXT_F(report_error, detail, REQ, 2000, ""),
};
static TABLE(report_error, struct report_error, "What is wrong with one row");

static const struct field report_problem_fields[] = {
	LIST_F(report_problem, errors, 0, 0, 1000000, &report_error_schema, ""),
};
static TABLE(report_problem, struct report_problem, "Why it was refused");

static const char *const problem_members[] = {"type", "title",	    "status", "detail",
					      "code", "request_id", NULL};

/* "row 502, weekly: This is no amount." of "/weekly". */
static void put_refusal(struct writer *w, struct text row, struct text pointer, struct text detail)
{
	bool named = pointer.len > 1;

	writer_printf(w, "row %.*s%s%.*s: %.*s", TEXT_FMT(row), named ? ", " : "",
		      named ? (int)pointer.len - 1 : 0, named ? pointer.at + 1 : "",
		      TEXT_FMT(detail));
}

/* Each row that stood in the way, "/502/weekly"; the service has said how many they are. */
static void say_refusals(const struct command_line *line, struct text problem)
{
	struct json_errors errors = {0};
	struct report_problem found;
	const struct report_error *items;

	if (!json_decode(line->arena, problem, &report_problem_schema, JSON_ANSWER, problem_members,
			 &found, &errors))
		return;
	items = found.errors.items;
	for (size_t i = 0; i < found.errors.count; i++) {
		struct text pointer = items[i].pointer, row = TEXT("");
		const char *end;
		struct writer w;

		if (pointer.len > 1) {
			end = memchr(pointer.at + 1, '/', pointer.len - 1);
			end = end ? end : pointer.at + pointer.len;
			row = (struct text){pointer.at + 1, (size_t)(end - pointer.at) - 1};
			pointer = (struct text){end, pointer.len - row.len - 1};
		}
		writer_init(&w, line->arena);
		if (row.len)
			put_refusal(&w, row, pointer, items[i].detail);
		else
			writer_put(&w, items[i].detail);
		command_say(line, writer_text(&w));
	}
}

static enum outcome print_report(const struct command_line *line, struct text body)
{
	struct json_errors errors = {0};
	const struct report_row *items;
	struct report report;
	struct writer w, row;

	if (!json_decode(line->arena, body, &report_schema, JSON_ANSWER, NULL, &report, &errors)) {
		command_say(line, TEXT("The service's answer cannot be read. This program may be "
				       "older than the service: install the same version."));
		return OUTCOME_UNREACHABLE;
	}
	writer_init(&w, line->arena);
	writer_printf(&w, "%lld of %lld rows are in.", (long long)report.placed,
		      (long long)report.rows);
	if (report.refused)
		writer_printf(&w, " Refused: %lld.", (long long)report.refused);
	writer_char(&w, '\n');
	items = report.items.items;
	for (size_t i = 0; i < report.items.count; i++) {
		if (!items[i].code.len)
			continue;
		writer_init(&row, line->arena);
		put_refusal(&row, text_printf(line->arena, "%lld", (long long)items[i].row),
			    items[i].pointer, items[i].detail);
		page_put(&w, 4, 8, writer_text(&row));
	}
	return command_print(line, writer_text(&w));
}

/* The one given, or one of the file's own. */
static const char *key_of(const struct command_line *line, struct text bytes)
{
	struct digest digest = sha256(bytes, TEXT_NONE, TEXT_NONE);
	struct uuid key;

	if (line->options[OPTION_KEY])
		return line->options[OPTION_KEY];
	memcpy(key.bytes, digest.bytes, sizeof(key.bytes));
	key.bytes[6] = (uint8_t)(0x80 | (key.bytes[6] & 0x0f)); /* RFC 9562: made by us */
	key.bytes[8] = (uint8_t)(0x80 | (key.bytes[8] & 0x3f));
	return text_cstr(line->arena, uuid_text(line->arena, key));
}

enum outcome command_placement_import(const struct command_line *line)
{
	const struct service_value values[] = {{"mode", line->options[OPTION_MODE]}, {NULL, NULL}};
	struct document file;
	struct text body = TEXT_NONE;
	enum outcome outcome = document_read_most(line, line->words[0], FILE_MIB, &file);

	if (outcome)
		return outcome;
	outcome = service_post(
		line, "/v1/placements/import", values,
		&(struct service_body){"text/csv", file.json, key_of(line, file.json)}, &body);
	if (outcome == OUTCOME_REFUSED)
		say_refusals(line, body);
	if (outcome)
		return outcome;
	return line->options[OPTION_JSON]
		       ? command_print(line, text_printf(line->arena, "%.*s\n", TEXT_FMT(body)))
		       : print_report(line, body);
}
