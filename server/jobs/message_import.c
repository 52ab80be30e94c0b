/*
 * message_import.c - one e-mail for all the placements that a caseload brought a provider.
 *
 * What each is to be told stands in its own delivery, in the service; this names them, by when each
 * is to be confirmed, and nothing else of them.
 */
#include "message_form.h"
#include "message_words.h"

#include <string.h>

static struct text line_of(struct text *rest)
{
	const char *end = memchr(rest->at, '\n', rest->len);
	struct text line = {rest->at, end ? (size_t)(end - rest->at) : rest->len};
	size_t used = line.len + (end ? 1 : 0);

	*rest = (struct text){rest->at + used, rest->len - used};
	return line;
}

/* "1788000000000000 PL-1000047-P": by when, 0 when nothing waits for it any more. */
static struct text reference_of(struct text line, int64_t *due_at_us)
{
	const char *space = line.len ? memchr(line.at, ' ', line.len) : NULL;
	size_t before = space ? (size_t)(space - line.at) : 0;

	if (!space || !text_to_int((struct text){line.at, before}, due_at_us))
		*due_at_us = 0;
	return (struct text){line.at + before + 1, line.len - before - 1};
}

static void put_heading(struct form *form, int64_t due_at_us)
{
	const char *action = duty_words[DUTY_CONFIRM_EXISTING_AGREEMENT].action;

	if (due_at_us)
		form_say(form, PART_HEADING,
			 "By %.*s, %s:", TEXT_FMT(instant_words(form->arena, due_at_us)), action);
	else
		form_say(form, PART_HEADING, "No longer waiting for you:");
}

void message_of_import(struct arena *arena, struct text public_url, struct text authority,
		       struct text placements, struct message *out)
{
	int64_t count = 0, before_us = -1, due_at_us;
	struct form form;

	form_begin(&form, arena);
	form_say(&form, PART_TITLE, "Placements of %.*s", TEXT_FMT(authority));
	form_say(&form, PART_PARAGRAPH,
		 "%.*s recorded the terms of care that you already give, placement by placement.",
		 TEXT_FMT(authority));
	while (placements.len) {
		struct text reference = reference_of(line_of(&placements), &due_at_us);

		if (due_at_us != before_us)
			put_heading(&form, due_at_us);
		before_us = due_at_us;
		form_say(&form, PART_ITEM, "%.*s", TEXT_FMT(reference));
		count++;
	}
	form_link(&form, "You find each by its reference:", public_url, "placements", TEXT_NONE);
	out->kind = fact_names[FACT_EXISTING_AGREEMENT_RECORDED];
	out->subject = text_printf(arena, "%lld placements: %s", (long long)count,
				   fact_words[FACT_EXISTING_AGREEMENT_RECORDED].subject);
	form_end(&form, "caseload", out);
}
