/*
 * letter_page.c - letters as a page to print: on paper the letters alone, a sheet each; on the
 * screen also what the office that sends them has to know.
 *
 * The address stands 25 mm from the left and about 69 mm from the top, in the part of the sheet
 * that a window 20 mm from the left and 18 mm from the bottom shows wherever the sheet slips; round
 * it nothing else is printed.
 */
#include "told/letter_page.h"

#include <string.h>

#include "concordat/core/calendar.h"
#include "concordat/core/protocol.h"
#include "concordat/core/words.h"
#include "concordat/wire/html.h"

#define ADDRESS_LINES 6
#define WAYS 3
#define WINDOW_LINES 7 /* of its size, and how many characters the widest holds at least */
#define WINDOW_LINE 38
#define HEAD_NAME 60 /* bytes of the sender's name that its head holds in large letters */

/* Nobody owes these: they may be left to run out. */
#define RIGHTS (BIT(DUTY_AFTER_REJECTION) | BIT(DUTY_DISPUTE_ENTRY) | BIT(DUTY_CHALLENGE_UPLIFT))

static const char style[] =
	"@page{size:A4;margin:15mm 20mm 18mm 25mm}"
	"*{box-sizing:border-box}"
	"body{margin:0;font:11pt/1.4 Arial,Helvetica,sans-serif;color:#0b0c0c}"
	"p,ul{margin:0 0 3mm}ul{padding-left:6mm}"
	"h1{font-size:13pt;line-height:1.3;margin:0 0 3mm}"
	"h2{font-size:11pt;margin:6mm 0 1mm;break-after:avoid}"
	".letter{position:relative;padding-top:84mm;break-after:page}"
	".letter:last-child{break-after:auto}"
	".head{position:absolute;top:0;left:0;right:0;height:29mm;border-bottom:.6mm solid #0b0c0c}"
	".head b{display:block;width:90mm;max-height:27mm;overflow:hidden;font-size:20pt;"
	"line-height:1.15}.head b.small{font-size:10pt}"
	".from{position:absolute;top:1mm;left:99mm;right:0;font-size:9pt;line-height:1.25;"
	"overflow-wrap:anywhere}"
	".to{position:absolute;top:37mm;left:0;width:75mm;height:34mm;display:flex;"
	"flex-direction:column;justify-content:center;font-size:10.5pt;line-height:1.2;"
	"overflow-wrap:anywhere}.to.small{font-size:7pt}.reference{white-space:nowrap}"
	".about{position:absolute;top:45mm;left:99mm;right:0;display:grid;"
	"grid-template-columns:auto 1fr;gap:0 4mm;margin:0;font-size:10pt}"
	".about dt{color:#505a5f}.about dd{margin:0}"
	".end{margin-top:8mm;break-inside:avoid}.end b{display:block;margin-top:1mm}"
	".astray{margin-top:8mm;padding-top:2mm;border-top:.2mm solid #505a5f;font-size:9pt;"
	"color:#505a5f}"
	"@media screen{body{background:#f3f2f1}"
	".letter{width:210mm;min-height:297mm;margin:8mm auto;background:#fff;"
	"padding:99mm 20mm 18mm 25mm;box-shadow:0 0 2mm #b1b4b6}"
	".head{top:15mm;left:25mm;right:20mm}.to{top:52mm;left:25mm}"
	".about{top:60mm;left:124mm;right:20mm}"
	".office{max-width:210mm;margin:8mm auto;padding:4mm 6mm;background:#fff;"
	"border-left:2mm solid #1d70b8}.office.alert{border-color:#d4351c}}"
	"@media print{.office{display:none}}";

static void put_paragraph(struct writer *w, struct text words)
{
	writer_puts(w, "<p>");
	html_put(w, words);
	writer_puts(w, "</p>\n");
}

/* Never broken at its hyphens: whoever reads it out has to have it whole. */
static void put_reference(struct writer *w, struct text reference)
{
	writer_puts(w, "<span class=\"reference\">");
	html_put(w, reference);
	writer_puts(w, "</span>");
}

/* ---- what stands at its head ---- */

static size_t address_lines(const struct postal_address *address, struct text *lines)
{
	const struct text all[] = {address->line_1, address->line_2, address->line_3, address->town,
				   address->postcode};
	size_t count = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].len)
			lines[count++] = all[i];
	return count;
}

static void put_lines(struct writer *w, const char *class, const struct text *lines, size_t count)
{
	writer_printf(w, "<div class=\"%s\">", class);
	for (size_t i = 0; i < count; i++) {
		writer_puts(w, "<div>");
		html_put(w, lines[i]);
		writer_puts(w, "</div>");
	}
	writer_puts(w, "</div>\n");
}

static void put_head(struct writer *w, const struct letters *letters)
{
	struct text lines[ADDRESS_LINES + WAYS];
	size_t count = address_lines(&letters->from.address, lines);

	if (letters->from.telephone.len)
		lines[count++] =
			text_printf(w->arena, "Telephone %.*s", TEXT_FMT(letters->from.telephone));
	if (letters->from.email.len)
		lines[count++] = letters->from.email;
	writer_puts(w, letters->sender.len > HEAD_NAME ? "<div class=\"head\"><b class=\"small\">"
						       : "<div class=\"head\"><b>");
	html_put(w, letters->sender);
	writer_puts(w, "</b>\n");
	put_lines(w, "from", lines, count);
	writer_puts(w, "</div>\n");
}

/* Whether it needs smaller letters to stay in the window. */
static bool is_long(const struct text *lines, size_t count)
{
	size_t taken = 0;

	for (size_t i = 0; i < count; i++)
		taken += (lines[i].len + WINDOW_LINE - 1) / WINDOW_LINE;
	return taken > WINDOW_LINES;
}

static void put_addressee(struct writer *w, const struct letters *letters,
			  const struct letter_row *letter)
{
	struct text lines[ADDRESS_LINES] = {letter->recipient_name};
	size_t count = 1 + address_lines(&letter->address, lines + 1);

	put_lines(w, is_long(lines, count) ? "to small" : "to", lines, count);
	writer_puts(w, "<dl class=\"about\"><dt>Date</dt><dd>");
	html_put(w, day_words(w->arena, letters->day));
	writer_puts(w, "</dd><dt>Reference</dt><dd class=\"reference\">");
	html_put(w, letter->reference);
	writer_puts(w, "</dd></dl>\n");
}

/* ---- what it says ---- */

/* "PL-1000047-P: offer made" */
static struct text what_happened(const struct letter_row *letter)
{
	struct text what = letter->subject;
	const char *colon = memchr(what.at, ':', what.len);

	if (colon && (size_t)(colon - what.at) + 2 < what.len)
		what = (struct text){colon + 2, what.len - (size_t)(colon + 2 - what.at)};
	return what;
}

/* Those that are rights, or those that are not, under a head of their own. */
static void put_actions(struct writer *w, const struct letter_row *letter, bool rights,
			const char *head)
{
	const int32_t *duties = letter->owed.items;
	bool any = false;

	for (size_t i = 0; i < letter->owed.count; i++) {
		const char *action = duty_words[duties[i]].action;

		if (((BIT(duties[i]) & RIGHTS) != 0) != rights)
			continue;
		if (!any)
			writer_printf(w, "<h2>%s</h2>\n<ul>\n", head);
		any = true;
		writer_printf(w, "<li>%c%s.</li>\n", action[0] - 'a' + 'A', action + 1);
	}
	if (any)
		writer_puts(w, "</ul>\n");
}

static void put_owed(struct writer *w, const struct letter_row *letter)
{
	put_actions(w, letter, false, "What is due from you");
	put_actions(w, letter, true, "What you may do");
	if (letter->owed.count)
		writer_puts(
			w, "<p>Your time to do this has not begun: it begins when you are told, by "
			   "this letter or otherwise. The placement then says by when.</p>\n");
}

/* "Telephone us on 01632 960100, e-mail us at a@example.org or write to us at the address above" */
static struct text ways_to_answer(struct arena *arena, const struct contact *from)
{
	struct text ways[WAYS];
	size_t count = 0;
	struct writer w;

	if (from->telephone.len)
		ways[count++] =
			text_printf(arena, "telephone us on %.*s", TEXT_FMT(from->telephone));
	if (from->email.len)
		ways[count++] = text_printf(arena, "e-mail us at %.*s", TEXT_FMT(from->email));
	ways[count++] = from->address.line_1.len ? TEXT("write to us at the address above")
						 : TEXT("write to us");
	writer_init(&w, arena);
	for (size_t i = 0; i < count; i++) {
		writer_puts(&w, i == 0 ? "" : i + 1 < count ? ", " : " or ");
		writer_put(&w, ways[i]);
	}
	return writer_text(&w);
}

static void put_answering(struct writer *w, const struct letters *letters,
			  const struct letter_row *letter)
{
	struct text url = text_url_base(letters->public_url);

	writer_puts(w, "<h2>How to answer</h2>\n<p>Sign in at ");
	html_put(w, text_printf(w->arena, "%.*s/placements/", TEXT_FMT(url)));
	put_reference(w, letter->reference);
	writer_puts(w, "</p>\n<p>If you cannot sign in, ");
	html_put(w, ways_to_answer(w->arena, &letters->from));
	writer_puts(w, ", and give the reference ");
	put_reference(w, letter->reference);
	writer_puts(w, ". If your e-mail address has changed, please tell us.</p>\n");
}

static void put_letter(struct writer *w, const struct letters *letters,
		       const struct letter_row *letter)
{
	writer_puts(w, "<article class=\"letter\">\n");
	put_head(w, letters);
	put_addressee(w, letters, letter);
	writer_puts(w, "<p>Dear Sir or Madam</p>\n<h1>");
	html_put(w, text_printf(w->arena, "Placement %.*s: %.*s", TEXT_FMT(letter->reference),
				TEXT_FMT(what_happened(letter))));
	writer_puts(w, "</h1>\n");
	put_paragraph(w, text_printf(w->arena,
				     "This was recorded on %.*s. No e-mail about it reached you, "
				     "so we are writing to you.",
				     TEXT_FMT(instant_words(w->arena, letter->recorded_at_us))));
	put_owed(w, letter);
	put_answering(w, letters, letter);
	writer_puts(w, "<p class=\"end\">Yours faithfully<b>");
	html_put(w, letters->sender);
	writer_puts(w,
		    "</b></p>\n<p class=\"astray\">If this letter is not for you, please tell us "
		    "and do not pass it on.</p>\n</article>\n");
}

/* ---- what is only on the screen ---- */

static void put_office(struct writer *w, const struct letter_row *letter)
{
	writer_printf(w, "<div class=\"office%s\">\n<p><strong>Not printed.</strong> ",
		      letter->alert.len ? " alert" : "");
	html_put(w,
		 text_printf(w->arena, "%.*s%s%.*s, %.*s. %.*s", TEXT_FMT(letter->recipient_name),
			     letter->telephone.len ? ", telephone " : "",
			     TEXT_FMT(letter->telephone), TEXT_FMT(letter->reference),
			     TEXT_FMT(letter->alert)));
	writer_puts(w, "</p>\n");
	if (letter->record.entry != NO_INT)
		put_paragraph(
			w,
			text_printf(w->arena,
				    "Once they are told, record on the placement how and when: "
				    "record_service with entry %lld, n %lld. Their time begins "
				    "then, and this letter leaves the queue.",
				    (long long)letter->record.entry, (long long)letter->record.n));
	writer_puts(w, "</div>\n");
}

static void put_queue(struct writer *w, const struct letters *letters, size_t printed)
{
	writer_puts(w, "<div class=\"office\">\n");
	put_paragraph(w,
		      text_printf(w->arena,
				  "%zu of %zu %s to be printed, each on a sheet of its own. What "
				  "is in a box like this is not printed.",
				  printed, letters->count,
				  letters->count == 1 ? "letter is" : "letters are"));
	if (letters->next.at)
		put_paragraph(w, text_printf(w->arena, "There are more: /v1/letters?%.*s",
					     TEXT_FMT(letters->next)));
	writer_puts(w, "</div>\n");
}

/* In a list no sheet goes to waste: what has no address is only named. */
static bool is_printed(const struct letters *letters, size_t i)
{
	return !letters->is_list || letters->rows[i].address.line_1.len;
}

struct text letter_page(struct arena *arena, const struct letters *letters)
{
	size_t printed = 0;
	struct writer w;

	for (size_t i = 0; i < letters->count; i++)
		printed += is_printed(letters, i);
	writer_init(&w, arena);
	writer_printf(&w,
		      "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		      "<title>Letters</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n",
		      style);
	if (letters->is_list)
		put_queue(&w, letters, printed);
	for (size_t i = 0; i < letters->count; i++) {
		put_office(&w, &letters->rows[i]);
		if (is_printed(letters, i))
			put_letter(&w, letters, &letters->rows[i]);
	}
	writer_puts(&w, "</main>\n</body>\n</html>\n");
	return writer_text(&w);
}
