/*
 * import_row.c - one row of a caseload: its columns, and the two moves they stand for.
 *
 * A row becomes the JSON that a person would have sent for the same two moves and is read by the
 * same field tables, so that nothing is let in here that is not let in there. What is wrong is said
 * of the column.
 */
#include "move/import.h"

#include <string.h>

#include "concordat/core/fields.h"
#include "concordat/core/money.h"
#include "concordat/wire/emit.h"

static const char *const column_names[IMPORT_COLUMNS + 1] = {"person_name",
							     "person_initials",
							     "date_of_birth",
							     "case_reference",
							     "external_reference",
							     "team",
							     "care_setting",
							     "provider",
							     "home",
							     "started",
							     "start",
							     "weekly",
							     "lines",
							     "person_pays",
							     "nhs_pays",
							     "third_party_pays",
							     "next_review",
							     "review_kind",
							     "contract_reference",
							     NULL};

static const enum import_column required[] = {
	COLUMN_PERSON_NAME, COLUMN_PERSON_INITIALS, COLUMN_CARE_SETTING, COLUMN_HOME,
	COLUMN_STARTED,	    COLUMN_START,	    COLUMN_NEXT_REVIEW,	 COLUMN_EXTERNAL_REFERENCE};

/* Whose part each column is; the authority takes what is left. */
static const struct {
	enum import_column column;
	enum funder funder;
} payers[] = {
	{COLUMN_PERSON_PAYS, FUNDER_PERSON},
	{COLUMN_NHS_PAYS, FUNDER_NHS},
	{COLUMN_THIRD_PARTY_PAYS, FUNDER_THIRD_PARTY},
};
#define PAYERS (sizeof(payers) / sizeof(payers[0]))

/* What of a row no request holds. */
struct own_cells {
	struct text external_reference;
};

static const struct field own_cells_fields[] = {
	TEXT_F(own_cells, external_reference, REQ, 60, "the row's own, of no other placement"),
};
static TABLE(own_cells, struct own_cells, "What names a row");

/* ---- the header ---- */

static bool header_has(struct arena *arena, const struct import_header *header,
		       enum import_column column, struct text *why)
{
	if (header->at[column] >= 0)
		return true;
	*why = text_printf(arena, "There is no column \"%s\". The first row names the columns.",
			   column_names[column]);
	return false;
}

bool import_header_read(struct arena *arena, const struct csv_record *record,
			struct import_header *header, struct text *why)
{
	header->count = record->count;
	for (int i = 0; i < IMPORT_COLUMNS; i++)
		header->at[i] = -1;
	for (size_t i = 0; i < record->count; i++) {
		struct text name = i < CSV_CELLS_MOST ? record->cells[i] : TEXT_NONE;
		int32_t column = enum_parse(column_names, name);

		if (column == NO_ENUM || header->at[column] >= 0) {
			*why = text_printf(arena,
					   column == NO_ENUM
						   ? "Column %zu has a name that is not known. "
						     "The columns are named in the documentation."
						   : "Column %zu has the name of one before it. "
						     "Name each once.",
					   i + 1);
			return false;
		}
		header->at[column] = (int)i;
	}
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
		if (!header_has(arena, header, required[i], why))
			return false;
	return header->at[COLUMN_WEEKLY] >= 0 || header_has(arena, header, COLUMN_LINES, why);
}

/* ---- what a row itself shows ---- */

static bool refuse(struct import_row *row, const char *code, struct text pointer,
		   struct text detail)
{
	row->refusal = (struct import_refusal){code, pointer, detail};
	return false;
}

static bool refuse_cell(struct arena *keep, struct import_row *row, enum import_column column,
			const char *code, struct text detail)
{
	return refuse(row, code, text_printf(keep, "/%s", column_names[column]), detail);
}

struct text import_cell(const struct import_header *header, const struct import_row *row,
			enum import_column column)
{
	int at = header->at[column];

	return at >= 0 && row->cells[at].len ? row->cells[at] : TEXT_NONE;
}

static bool is_formula(struct text cell)
{
	return cell.len && memchr("=+-@\t\r", cell.at[0], 6);
}

static bool looks_sound(struct arena *arena, const struct import_header *header,
			const struct csv_record *record, struct import_row *row)
{
	if (record->problem)
		return refuse(row, "malformed_row", TEXT(""), text_of(record->problem));
	if (record->count != header->count)
		return refuse(row, "columns", TEXT(""),
			      text_printf(arena,
					  "There are %zu cells, and %zu columns. A cell with a "
					  "comma in it is quoted.",
					  record->count, header->count));
	for (int column = 0; column < IMPORT_COLUMNS; column++)
		if (is_formula(import_cell(header, row, (enum import_column)column)))
			return refuse_cell(arena, row, (enum import_column)column, "formula",
					   TEXT("A spreadsheet would take this for a formula: it "
						"begins with =, +, -, @ or a tab. Begin with a "
						"letter or a digit."));
	return true;
}

struct import_row import_row_of(struct arena *arena, const struct import_header *header,
				const struct csv_record *record)
{
	struct import_row row = {
		.number = record->number, .whole = record->whole, .cells = record->cells};

	(void)looks_sound(arena, header, record, &row);
	return row;
}

/* ---- as JSON ---- */

struct writing {
	struct arena *arena, *keep;
	const struct import_header *header;
	struct import_row *row;
	struct writer w;
};

static struct text cell_of(const struct writing *g, enum import_column column)
{
	return import_cell(g->header, g->row, column);
}

static void put_cell(struct writing *g, const char *name, enum import_column column)
{
	struct text cell = cell_of(g, column);

	if (cell.at)
		emit_text(&g->w, name, cell);
}

static bool put_funding(struct writing *g)
{
	int64_t pence;

	emit_begin(&g->w, "funding", '[');
	for (size_t i = 0; i < PAYERS; i++) {
		struct text cell = cell_of(g, payers[i].column);

		if (!cell.at)
			continue;
		if (!money_parse(cell, &pence))
			return refuse_cell(g->keep, g->row, payers[i].column, "does_not_fit",
					   TEXT("This is no amount. Give pounds a week, such as "
						"150.25, without a sign or commas."));
		emit_begin(&g->w, NULL, '{');
		emit_word(&g->w, "funder", funder_names[payers[i].funder]);
		emit_money(&g->w, "weekly", pence);
		emit_end(&g->w, '}');
	}
	emit_begin(&g->w, NULL, '{');
	emit_word(&g->w, "funder", funder_names[FUNDER_AUTHORITY]);
	emit_end(&g->w, '}');
	emit_end(&g->w, ']');
	return true;
}

static struct text cut(struct text *rest, char mark)
{
	const char *at = rest->len ? memchr(rest->at, mark, rest->len) : NULL;
	struct text piece = {rest->at, at ? (size_t)(at - rest->at) : rest->len};
	size_t used = piece.len + (at ? 1 : 0);

	*rest = (struct text){rest->at + used, rest->len - used};
	return piece;
}

static void put_line(struct writing *g, struct text key, struct text label, struct text unit,
		     struct text quantity, struct text rate)
{
	emit_begin(&g->w, NULL, '{');
	emit_text(&g->w, "key", key);
	emit_text(&g->w, "label", label);
	emit_text(&g->w, "unit", unit);
	emit_text(&g->w, "quantity", quantity);
	emit_text(&g->w, "rate", rate);
	emit_end(&g->w, '}');
}

/* "care:week:1:1420;nights:night:7:12.50" */
static bool put_several(struct writing *g, struct text lines)
{
	while (lines.len) {
		struct text line = cut(&lines, ';'), parts[4];

		for (size_t i = 0; i < 4; i++)
			parts[i] = cut(&line, ':');
		if (line.len || !parts[3].len)
			return refuse_cell(g->keep, g->row, COLUMN_LINES, "does_not_fit",
					   TEXT("Each line is key:unit:quantity:rate, with a "
						"semicolon between two, such as "
						"care:week:1:1420.00."));
		put_line(g, parts[0], parts[0], parts[1], parts[2], parts[3]);
	}
	return true;
}

static bool put_lines(struct writing *g)
{
	struct text weekly = cell_of(g, COLUMN_WEEKLY), lines = cell_of(g, COLUMN_LINES);

	if (!weekly.at == !lines.at)
		return refuse_cell(g->keep, g->row, weekly.at ? COLUMN_LINES : COLUMN_WEEKLY,
				   "does_not_fit",
				   TEXT("State the fee once: weekly, or line by line in lines."));
	emit_begin(&g->w, "lines", '[');
	if (weekly.at)
		put_line(g, TEXT("care"), TEXT("Care"), TEXT("week"), TEXT("1"), weekly);
	else if (!put_several(g, lines))
		return false;
	emit_end(&g->w, ']');
	return true;
}

/* ---- and read as any request ---- */

/* The first column that says who pays a part. */
static struct text first_payer(const struct writing *g)
{
	for (size_t i = 0; i < PAYERS; i++)
		if (cell_of(g, payers[i].column).at)
			return text_printf(g->keep, "/%s", column_names[payers[i].column]);
	return TEXT("");
}

/* The column that a pointer into either request means. */
static struct text pointer_of(const struct writing *g, struct text pointer)
{
	size_t len = 1;

	if (text_starts(pointer, "/terms/start"))
		return TEXT("/start");
	if (text_starts(pointer, "/terms/funding") || text_starts(pointer, "/funding"))
		return first_payer(g);
	if (text_starts(pointer, "/terms"))
		return cell_of(g, COLUMN_LINES).at ? TEXT("/lines") : TEXT("/weekly");
	while (len < pointer.len && pointer.at[len] != '/')
		len++;
	pointer.len = len < pointer.len ? len : pointer.len;
	if (pointer.len &&
	    enum_parse(column_names, (struct text){pointer.at + 1, pointer.len - 1}) != NO_ENUM)
		return text_copy(g->keep, pointer);
	return TEXT("");
}

static void *read_as(struct writing *g, const struct schema *schema)
{
	void *data = arena_alloc(g->arena, schema->size);
	struct json_errors errors = {0};
	const struct json_error *first;

	if (json_decode(g->arena, writer_text(&g->w), schema, JSON_REQUEST, NULL, data, &errors))
		return data;
	first = errors.items.items;
	(void)refuse(g->row, "does_not_fit", pointer_of(g, first->pointer),
		     text_copy(g->keep, first->detail));
	return NULL;
}

static struct own_cells *read_own(struct writing *g)
{
	writer_init(&g->w, g->arena);
	emit_begin(&g->w, NULL, '{');
	put_cell(g, "external_reference", COLUMN_EXTERNAL_REFERENCE);
	emit_end(&g->w, '}');
	return read_as(g, &own_cells_schema);
}

static struct open_placement *read_opening(struct writing *g, int32_t today)
{
	writer_init(&g->w, g->arena);
	emit_begin(&g->w, NULL, '{');
	put_cell(g, "person_name", COLUMN_PERSON_NAME);
	put_cell(g, "person_initials", COLUMN_PERSON_INITIALS);
	put_cell(g, "date_of_birth", COLUMN_DATE_OF_BIRTH);
	put_cell(g, "case_reference", COLUMN_CASE_REFERENCE);
	put_cell(g, "team", COLUMN_TEAM);
	put_cell(g, "care_setting", COLUMN_CARE_SETTING);
	emit_word(&g->w, "urgency", urgency_names[URGENCY_ORDINARY]);
	emit_day(&g->w, "wanted_start", today);
	if (!put_funding(g))
		return NULL;
	emit_end(&g->w, '}');
	return read_as(g, move_schema(MOVE_OPEN_PLACEMENT));
}

static struct record_existing_agreement *read_existing(struct writing *g)
{
	writer_init(&g->w, g->arena);
	emit_begin(&g->w, NULL, '{');
	emit_id(&g->w, "provider", g->row->provider);
	emit_id(&g->w, "home", g->row->home);
	put_cell(g, "started", COLUMN_STARTED);
	put_cell(g, "next_review", COLUMN_NEXT_REVIEW);
	put_cell(g, "review_kind", COLUMN_REVIEW_KIND);
	put_cell(g, "contract_reference", COLUMN_CONTRACT_REFERENCE);
	emit_begin(&g->w, "terms", '{');
	put_cell(g, "start", COLUMN_START);
	if (!put_lines(g))
		return NULL;
	emit_end(&g->w, '}');
	emit_end(&g->w, '}');
	return read_as(g, move_schema(MOVE_RECORD_EXISTING_AGREEMENT));
}

static bool home_is_known(struct writing *g)
{
	if (g->row->homes_found > 1)
		return refuse_cell(g->keep, g->row, COLUMN_HOME, "home_known",
				   TEXT("Several homes have this number. Give the home's id."));
	return !uuid_is_zero(g->row->home) ||
	       refuse_cell(g->keep, g->row, COLUMN_HOME, "home_known",
			   cell_of(g, COLUMN_HOME).at
				   ? TEXT("There is no such home, or it is another provider's. "
					  "Give its id, or the regulator's number of it.")
				   : TEXT("Give the home's id, or the regulator's number of it."));
}

bool import_row_moves(struct arena *arena, struct arena *keep, const struct import_header *header,
		      struct import_row *row, int32_t today, struct import_moves *out)
{
	struct writing g = {.arena = arena, .keep = keep, .header = header, .row = row};

	const struct own_cells *own = read_own(&g);

	out->opening = own ? read_opening(&g, today) : NULL;
	if (!out->opening || !home_is_known(&g))
		return false;
	out->opening->external_reference = own->external_reference;
	out->existing = read_existing(&g);
	return out->existing != NULL;
}

void import_row_refuse(struct arena *keep, const struct import_header *header,
		       struct import_row *row, const struct refusal *refusal)
{
	struct writing g = {.keep = keep, .header = header, .row = row};

	(void)refuse(row, refusal->rule, pointer_of(&g, refusal->pointer),
		     text_copy(keep, refusal->sentence));
}
