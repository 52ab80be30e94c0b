/*
 * record_page_terms.c - agreed terms as part of a page: by the field tables, so that nothing that
 * was signed is left out.
 *
 * The fee and who pays it stand in tables of their own; the rest is a heading for each object and a
 * pair for each member, with what the table says of it.
 */
#include "record/record_page.h"

#include <string.h>

#include "concordat/core/money.h"

#define LEVEL_FIRST 3
#define LEVEL_MOST 6

static struct text value_text(struct arena *arena, const struct field *field, const void *at)
{
	const struct list *words = at;
	struct writer w;

	switch (field->kind) {
	case FIELD_BOOL:
		return *(const bool *)at ? TEXT("Yes") : TEXT("No");
	case FIELD_INT:
		return text_printf(arena, "%lld", (long long)*(const int64_t *)at);
	case FIELD_MONEY:
		return money_text(arena, *(const int64_t *)at, true);
	case FIELD_RATE:
		return rate_text(arena, *(const int64_t *)at);
	case FIELD_TEXT:
		return *(const struct text *)at;
	case FIELD_ENUM:
		return text_of(field->names[*(const int32_t *)at]);
	case FIELD_DAY:
		return record_day(arena, *(const int32_t *)at);
	case FIELD_INSTANT:
		return record_moment(arena, *(const int64_t *)at);
	case FIELD_ID:
		return uuid_text(arena, *(const struct uuid *)at);
	case FIELD_DIGEST:
		return text_hex(arena, ((const struct digest *)at)->bytes, 32);
	case FIELD_WORDS:
		writer_init(&w, arena);
		for (size_t i = 0; i < words->count; i++)
			writer_printf(&w, "%s%s", i ? ", " : "",
				      field->names[((const int32_t *)words->items)[i]]);
		return writer_text(&w);
	case FIELD_PERSONAL:
	case FIELD_OBJECT:
	case FIELD_LIST:
	case FIELD_MAP:
		break;
	}
	return TEXT("");
}

static struct text word_text(struct arena *arena, const char *word)
{
	struct writer w;

	writer_init(&w, arena);
	page_word(&w, word);
	return writer_text(&w);
}

static bool is_figure(const struct field *field)
{
	return field->kind == FIELD_INT || field->kind == FIELD_MONEY || field->kind == FIELD_RATE;
}

static void put_value(struct writer *w, const struct field *field, const void *data)
{
	struct text value =
		field_is_absent(field, data)
			? TEXT("")
			: value_text(w->arena, field, (const char *)data + field->offset);

	if (is_figure(field))
		page_figure(w, value);
	else if (field->kind == FIELD_ENUM && value.len)
		page_cell(w, word_text(w->arena, value.at));
	else
		page_cell(w, value);
}

/* A column for each member that any of the rows has. */
static void put_rows(struct writer *w, const char *caption, const struct schema *of,
		     const struct list *rows)
{
	bool shown[64] = {false};

	writer_puts(w, "<table>\n<caption>");
	page_word(w, caption);
	writer_puts(w, "</caption>\n<thead><tr>");
	for (size_t i = 0; i < of->count; i++) {
		for (size_t n = 0; n < rows->count; n++)
			shown[i] |= !field_is_absent(&of->fields[i],
						     (const char *)rows->items + n * of->size);
		if (!shown[i])
			continue;
		writer_puts(w, is_figure(&of->fields[i]) ? "<th scope=\"col\" class=\"figure\">"
							 : "<th scope=\"col\">");
		page_word(w, of->fields[i].name);
		writer_puts(w, "</th>");
	}
	writer_puts(w, "</tr></thead>\n<tbody>\n");
	for (size_t n = 0; n < rows->count; n++) {
		writer_puts(w, "<tr>");
		for (size_t i = 0; i < of->count; i++)
			if (shown[i])
				put_value(w, &of->fields[i],
					  (const char *)rows->items + n * of->size);
		writer_puts(w, "</tr>\n");
	}
	writer_puts(w, "</tbody>\n</table>\n");
}

static bool is_many(const struct field *field)
{
	return field->kind == FIELD_OBJECT || field->kind == FIELD_LIST;
}

/* Members first, then what stands in tables, then what has members of its own. */
static void put_struct(struct writer *w, const struct schema *schema, const void *data, int level)
{
	size_t pairs = 0;

	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];
		const char *at = (const char *)data + field->offset;

		if (is_many(field) || field_is_absent(field, data))
			continue;
		writer_puts(w, pairs++ ? "<dt>" : "<dl>\n<dt>");
		page_word(w, field->name);
		writer_puts(w, "</dt><dd>");
		if (field->kind == FIELD_ENUM)
			page_word(w, field->names[*(const int32_t *)(const void *)at]);
		else
			html_put(w, value_text(w->arena, field, at));
		writer_puts(w, " <span class=\"help\">(");
		html_put(w, text_of(field->help));
		writer_puts(w, ")</span></dd>\n");
	}
	writer_puts(w, pairs ? "</dl>\n" : "");
	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];
		const char *at = (const char *)data + field->offset;

		if (!is_many(field) || field_is_absent(field, data))
			continue;
		if (field->kind == FIELD_LIST) {
			put_rows(w, field->name, field->of, (const void *)at);
			continue;
		}
		writer_printf(w, "<h%d>", level);
		page_word(w, field->name);
		writer_printf(w, "</h%d>\n", level);
		put_struct(w, field->of, at, level < LEVEL_MOST ? level + 1 : level);
	}
}

void page_terms(struct writer *w, const struct terms *terms)
{
	static const char *const fee[] = {"What for", "#Quantity", "Unit",
					  "#Rate",    "#A week",   NULL};
	const struct fee_line *lines = terms->lines.items;
	struct arena *arena = w->arena;

	page_table(w, "The weekly fee, line by line", fee);
	for (size_t i = 0; i < terms->lines.count; i++) {
		writer_puts(w, "<tr><th scope=\"row\">");
		html_put(w, lines[i].label);
		writer_puts(w, "</th>");
		page_figure(w, rate_text(arena, lines[i].quantity_r));
		page_cell(w, text_of(line_unit_names[lines[i].unit]));
		page_figure(w, text_printf(arena, "£%.*s",
					   TEXT_FMT(rate_text(arena, lines[i].rate_r))));
		page_figure(w, money_text(arena, lines[i].weekly_p, true));
		writer_puts(w, "</tr>\n");
	}
	writer_puts(w, "<tr><th scope=\"row\" colspan=\"4\">The fee a week</th>");
	page_figure(w, money_text(arena, terms->weekly_p, true));
	writer_puts(w, "</tr>\n</tbody>\n</table>\n<h3>Every member of the terms</h3>\n");
	put_struct(w, &terms_schema, terms, LEVEL_FIRST + 1);
}
