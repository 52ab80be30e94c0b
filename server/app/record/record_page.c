/*
 * record_page.c - a record of agreed terms as a page to read and print, from the record alone.
 *
 * In plain English and in the order in which people ask: what is agreed, how it was agreed, what
 * was said, what it rests on, how to check it. Whatever stands in it was escaped.
 */
#include "record/record_page.h"

#include <string.h>

#include "concordat/core/money.h"

static const char style[] =
	"body{font:1rem/1.5 Arial,sans-serif;color:#0b0c0c;max-width:60rem;margin:2rem auto;"
	"padding:0 1rem}"
	"h1,h2,h3,h4{line-height:1.2}h2{margin-top:2rem;border-top:2px solid #0b0c0c;"
	"padding-top:1rem}"
	"table{border-collapse:collapse;width:100%;margin:1rem 0}"
	"caption{text-align:left;font-weight:bold;padding:.5rem 0}"
	"th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;"
	"border-bottom:1px solid #505a5f}"
	".figure{text-align:right;font-variant-numeric:tabular-nums}"
	"dl{display:grid;grid-template-columns:minmax(10rem,1fr) 2fr;gap:.4rem 1rem}"
	"dt{font-weight:bold}dd{margin:0}.help{color:#505a5f}"
	"pre,code{white-space:pre-wrap;overflow-wrap:anywhere}"
	"@media print{body{margin:0;max-width:none;font-size:11pt}h2,h3{break-after:avoid}"
	"table,dl,tr{break-inside:avoid}}";

/* ---- pieces */

void page_word(struct writer *w, const char *word)
{
	for (size_t i = 0; word[i]; i++) {
		char c = word[i] == '_' ? ' ' : word[i];

		writer_char(w, i == 0 && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
	}
}

void page_table(struct writer *w, const char *caption, const char *const columns[])
{
	writer_printf(w, "<table>\n<caption>%s</caption>\n<thead><tr>", caption);
	for (size_t i = 0; columns[i]; i++)
		writer_printf(w, "<th scope=\"col\"%s>%s</th>",
			      columns[i][0] == '#' ? " class=\"figure\"" : "",
			      columns[i] + (columns[i][0] == '#'));
	writer_puts(w, "</tr></thead>\n<tbody>\n");
}

void page_cell(struct writer *w, struct text t)
{
	writer_puts(w, "<td>");
	html_put(w, t);
	writer_puts(w, "</td>");
}

void page_figure(struct writer *w, struct text t)
{
	writer_puts(w, "<td class=\"figure\">");
	html_put(w, t);
	writer_puts(w, "</td>");
}

/* A term and what it is, in a list that is open. */
static void put_pair(struct writer *w, const char *term, struct text t)
{
	writer_printf(w, "<dt>%s</dt><dd>", term);
	html_put(w, t);
	writer_puts(w, "</dd>\n");
}

static struct text name_of(struct arena *arena, const struct agreed_terms *record, struct uuid id)
{
	const struct record_name *names = record->head.names.items;

	for (size_t i = 0; i < record->head.names.count; i++)
		if (uuid_eq(names[i].id, id))
			return names[i].name;
	return uuid_is_zero(id) ? TEXT("") : uuid_text(arena, id);
}

/* ---- the parts */

static const char *how_agreed(enum agreement_basis basis)
{
	switch (basis) {
	case AGREEMENT_SIGNED:
		return "Signed by both sides";
	case AGREEMENT_UPLIFTED:
		return "Uplifted by the agreed method, which takes no signature";
	case AGREEMENT_EXISTING:
		return "Care that already ran; the provider confirmed its terms";
	case AGREEMENT_NOVATED:
		return "The same terms with another provider, by consent of all three";
	case AGREEMENT_BASIS_COUNT:
		break;
	}
	return "";
}

static void put_parties(struct writer *w, const struct agreed_terms *record)
{
	writer_puts(w, "<h2>What is agreed, and between whom</h2>\n<dl>\n");
	put_pair(w, "Placement", record->head.reference);
	put_pair(w, "Commissioner", name_of(w->arena, record, record->head.authority));
	put_pair(w, "Provider", name_of(w->arena, record, record->provider));
	if (!uuid_is_zero(record->home))
		put_pair(w, "Home", name_of(w->arena, record, record->home));
	put_pair(w, "Version of the agreement",
		 text_printf(w->arena, "%lld", (long long)record->agreement));
	put_pair(w, "How it came about", text_of(how_agreed((enum agreement_basis)record->basis)));
	put_pair(w, "From", record_day(w->arena, record->from_day));
	put_pair(w, "The fee a week", money_text(w->arena, record->terms.weekly_p, true));
	writer_puts(w, "</dl>\n");
}

static void put_acts(struct writer *w, const struct agreed_terms *record)
{
	static const char *const columns[] = {"What", "For", "By", "Of", "When recorded", NULL};
	const struct record_entry *entries = record->head.entries.items;

	writer_puts(w, "<h2>How it was agreed</h2>\n");
	page_table(w, "The entries that made this version, in order", columns);
	for (size_t i = 0; i < record->head.entries.count; i++) {
		const struct fact *fact = record_fact(w->arena, &entries[i]);

		if (!fact) {
			writer_puts(w, "<tr><td colspan=\"5\">An entry whose words are not for "
				       "whom this record was made</td></tr>\n");
			continue;
		}
		writer_puts(w, "<tr><th scope=\"row\">");
		page_word(w, fact_names[fact->kind]);
		writer_puts(w, "</th><td>");
		page_word(w, side_names[fact_speaker(fact)]);
		writer_puts(w, fact->on_behalf_of != NO_ENUM ? ", entered by the other side</td>"
							     : "</td>");
		page_cell(w, name_of(w->arena, record, fact->user));
		page_cell(w, name_of(w->arena, record, fact->organisation));
		page_cell(w, record_moment(w->arena, fact->recorded_at_us));
		writer_puts(w, "</tr>\n");
	}
	writer_puts(w, "</tbody>\n</table>\n");
}

static void put_texts(struct writer *w, const struct agreed_terms *record)
{
	const struct record_text *texts = record->head.texts.items;
	const struct record_entry *entries = record->head.entries.items;

	if (!record->head.texts.count)
		return;
	writer_puts(w, "<h2>What was said with it</h2>\n<dl>\n");
	for (size_t i = 0; i < record->head.texts.count; i++) {
		const struct fact *fact = record_fact(w->arena, &entries[texts[i].entry - 1]);

		writer_puts(w, "<dt>");
		page_word(w, fact ? fact_names[fact->kind] : "entry");
		writer_puts(w, ": ");
		page_word(w, text_cstr(w->arena, texts[i].field));
		writer_puts(w, "</dt><dd>");
		html_put(w, texts[i].text);
		writer_puts(w, "</dd>\n");
	}
	writer_puts(w, "</dl>\n");
}

static void put_calculation(struct writer *w, const struct agreed_terms *record)
{
	static const char *const columns[] = {"Input", "#Value", NULL};
	const struct record_calculation *c = &record->calculation;
	const struct map_entry *inputs = c->inputs.items;

	if (c->number == NO_INT)
		return;
	writer_puts(w, "<h2>The guide price it rests on</h2>\n"
		       "<p>A guide price is a starting point and not a conclusion.</p>\n<dl>\n");
	put_pair(w, "Cost model", c->model);
	put_pair(w, "Version of the model", c->version);
	put_pair(w, "Guide for one unit",
		 text_printf(w->arena, "%.*s to %.*s, middle %.*s for one %.*s",
			     TEXT_FMT(money_text(w->arena, c->low_p, true)),
			     TEXT_FMT(money_text(w->arena, c->high_p, true)),
			     TEXT_FMT(money_text(w->arena, c->mid_p, true)), TEXT_FMT(c->unit)));
	if (c->weekly_mid_p != NO_INT)
		put_pair(w, "Guide a week",
			 text_printf(w->arena, "%.*s to %.*s, middle %.*s",
				     TEXT_FMT(money_text(w->arena, c->weekly_low_p, true)),
				     TEXT_FMT(money_text(w->arena, c->weekly_high_p, true)),
				     TEXT_FMT(money_text(w->arena, c->weekly_mid_p, true))));
	writer_puts(w, "</dl>\n");
	page_table(w, "What was put in; what is not here was left at the model's default", columns);
	for (size_t i = 0; i < c->inputs.count; i++) {
		writer_puts(w, "<tr><th scope=\"row\">");
		page_word(w, text_cstr(w->arena, inputs[i].key));
		writer_puts(w, "</th>");
		page_figure(w, rate_text(w->arena, inputs[i].value_r));
		writer_puts(w, "</tr>\n");
	}
	writer_puts(w, "</tbody>\n</table>\n");
}

static void put_checking(struct writer *w, const struct agreed_terms *record)
{
	writer_puts(w,
		    "<h2>How to check it</h2>\n"
		    "<p>This page is drawn from the agreed-terms record, a file that proves what "
		    "it says: its entries are sealed in a log that cannot be rewritten unseen. "
		    "Keep that file. Anybody can check it without this service:</p>\n"
		    "<pre>concordat verify agreed-terms.json --key log.pub</pre>\n"
		    "<p>A page that was printed or saved proves nothing by itself.</p>\n<dl>\n");
	put_pair(w, "Log", record->head.origin);
	put_pair(w, "Written on", record_moment(w->arena, record->head.written_at_us));
	writer_puts(w, "</dl>\n<h3>The log's checkpoint, as signed</h3>\n<pre>");
	html_put(w, record->head.checkpoint);
	writer_puts(w, "</pre>\n");
}

struct text record_page(struct arena *arena, const struct agreed_terms *record)
{
	struct writer w;

	writer_init(&w, arena);
	writer_puts(&w, "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
			"<meta name=\"viewport\" content=\"width=device-width, "
			"initial-scale=1\">\n<title>Agreed terms ");
	html_put(&w, record->head.reference);
	writer_printf(&w, ", version %lld</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n",
		      (long long)record->agreement, style);
	writer_puts(&w, "<h1>Agreed terms of placement ");
	html_put(&w, record->head.reference);
	writer_printf(&w, ", version %lld</h1>\n", (long long)record->agreement);
	put_parties(&w, record);
	writer_puts(&w, "<h2>The terms</h2>\n");
	page_terms(&w, &record->terms);
	put_acts(&w, record);
	put_texts(&w, record);
	put_calculation(&w, record);
	put_checking(&w, record);
	writer_puts(&w, "</main>\n</body>\n</html>\n");
	return writer_text(&w);
}
