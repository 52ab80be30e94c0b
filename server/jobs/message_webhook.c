/*
 * message_webhook.c - that a program of one's own is no longer told, and what to do about it.
 */
#include "message_form.h"

void message_of_webhook(struct arena *arena, struct text public_url, struct uuid webhook, bool gone,
			int64_t days, struct message *out)
{
	struct form form;

	form_begin(&form, arena);
	form_say(&form, PART_TITLE, "A webhook was disabled");
	if (gone)
		form_say(&form, PART_PARAGRAPH,
			 "It answered 410 Gone, so one of your programs is no longer told what "
			 "happens on your placements.");
	else
		form_say(&form, PART_PARAGRAPH,
			 "It has taken nothing for %lld days, so one of your programs is no "
			 "longer told what happens on your placements.",
			 (long long)days);
	form_say(&form, PART_PARAGRAPH,
		 "See to the program, then enable the webhook and replay what it missed; or remove "
		 "it if it is no longer used. You are still told in the service and by e-mail.");
	form_link(&form, "The webhook and what failed:", public_url, "webhooks",
		  uuid_text(arena, webhook));
	out->kind = "webhook_disabled";
	out->subject = TEXT("A webhook was disabled");
	form_end(&form, "webhook_disabled", out);
}
