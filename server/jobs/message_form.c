/*
 * message_form.c - the parts of a message as text and as HTML.
 *
 * The HTML is what stands inside a body element: headings, paragraphs, lists and one link, no
 * styles and nothing that would be fetched. Whoever sends it gives it a document of its own.
 */
#include "message_form.h"

#include "concordat/wire/html.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A template's words have one version until they change; then it stands here. The digests of all
 * versions are in tests/golden/messages/versions.txt. */
static const struct {
	const char *template;
	int64_t version;
} versions[] = {
	{NULL, 1}, /* all the others */
};

static int64_t version_of(const char *template)
{
	size_t i = 0;

	while (versions[i].template && strcmp(versions[i].template, template) != 0)
		i++;
	return versions[i].version;
}

/* Control characters are spaces: a part is one line, whatever a name in it holds. */
static struct text one_line(struct arena *arena, struct text t)
{
	char *line = arena_alloc(arena, t.len + 1);

	for (size_t i = 0; i < t.len; i++)
		line[i] = (unsigned char)t.at[i] < ' ' || t.at[i] == 0x7f ? ' ' : t.at[i];
	return (struct text){line, t.len};
}

void form_begin(struct form *form, struct arena *arena)
{
	form->arena = arena;
	form->last = -1;
	writer_init(&form->now, arena);
	writer_init(&form->text, arena);
	writer_init(&form->html, arena);
}

/* Blank lines and lists, by what the part follows. */
static void put_between(struct form *form, int next)
{
	bool in_list = form->last == PART_ITEM;

	if (form->last >= 0 &&
	    (next != PART_ITEM || (form->last != PART_ITEM && form->last != PART_HEADING)))
		writer_char(&form->text, '\n');
	if (in_list && next != PART_ITEM)
		writer_puts(&form->html, "</ul>\n");
	if (!in_list && next == PART_ITEM)
		writer_puts(&form->html, "<ul>\n");
	form->last = next;
}

void form_part(struct form *form, enum part kind)
{
	static const char *const tags[] = {[PART_TITLE] = "h1",
					   [PART_PARAGRAPH] = "p",
					   [PART_HEADING] = "h2",
					   [PART_ITEM] = "li"};
	struct text words = one_line(form->arena, writer_text(&form->now));

	put_between(form, (int)kind);
	writer_printf(&form->text, "%s%.*s\n", kind == PART_ITEM ? "- " : "", TEXT_FMT(words));
	writer_printf(&form->html, "<%s>", tags[kind]);
	html_put(&form->html, words);
	writer_printf(&form->html, "</%s>\n", tags[kind]);
	writer_init(&form->now, form->arena);
}

void form_say(struct form *form, enum part kind, const char *format, ...)
{
	va_list args, again;
	char *words;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	words = arena_alloc(form->arena, (size_t)len + 1);
	vsnprintf(words, (size_t)len + 1, format, args);
	va_end(args);
	writer_put(&form->now, (struct text){words, (size_t)len});
	form_part(form, kind);
}

void form_link(struct form *form, const char *words, struct text public_url, const char *folder,
	       struct text name)
{
	struct text address;

	public_url = text_url_base(public_url);
	address = text_printf(form->arena, "%.*s/%s%s%.*s", TEXT_FMT(public_url), folder,
			      name.len ? "/" : "", TEXT_FMT(name));
	put_between(form, PART_PARAGRAPH);
	writer_printf(&form->text, "%s\n%.*s\n", words, TEXT_FMT(address));
	writer_puts(&form->html, "<p>");
	html_put(&form->html, text_of(words));
	writer_puts(&form->html, "<br>\n<a href=\"");
	html_put(&form->html, address);
	writer_puts(&form->html, "\">");
	html_put(&form->html, address);
	writer_puts(&form->html, "</a></p>\n");
}

void form_end(struct form *form, const char *template, struct message *out)
{
	if (form->last == PART_ITEM)
		writer_puts(&form->html, "</ul>\n");
	out->template = template;
	out->version = version_of(template);
	out->body = writer_text(&form->text);
	out->html = writer_text(&form->html);
}
