/*
 * message_digest.c - one e-mail for all that a reader asked to be told of once a day.
 *
 * What each message says stands in its own delivery, in the service; this gives their subjects.
 * None of it is the reader's to do: that was sent at once.
 */
#include "message_form.h"

#include <string.h>

void message_of_digest(struct arena *arena, struct text public_url, int64_t count,
		       struct text subjects, struct message *out)
{
	struct form form;
	int64_t shown = 0;

	form_begin(&form, arena);
	form_say(&form, PART_TITLE, "Since your last daily message");
	form_say(&form, PART_PARAGRAPH, "%s. None of it waits for you.",
		 count == 1 ? "One thing happened" : "This happened");
	while (subjects.len) {
		const char *end = memchr(subjects.at, '\n', subjects.len);
		size_t len = end ? (size_t)(end - subjects.at) : subjects.len;
		size_t used = len + (end ? 1 : 0);

		form_say(&form, PART_ITEM, "%.*s", (int)len, subjects.at);
		subjects = (struct text){subjects.at + used, subjects.len - used};
		shown++;
	}
	if (count > shown)
		form_say(&form, PART_PARAGRAPH, "And %lld more before these.",
			 (long long)(count - shown));
	form_link(&form, "You find each by its reference:", public_url, "placements", TEXT_NONE);
	out->kind = "digest";
	out->subject = text_printf(arena, "Your daily message: %lld %s", (long long)count,
				   count == 1 ? "event" : "events");
	form_end(&form, "digest", out);
}
