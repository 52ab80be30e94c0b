/*
 * message_calendar.c - that the bank holidays an authority counts by run out, and what to do.
 */
#include "message_form.h"

static const char *const division_words[DIVISION_COUNT] = {
	[DIVISION_ENGLAND_AND_WALES] = "England and Wales",
	[DIVISION_SCOTLAND] = "Scotland",
	[DIVISION_NORTHERN_IRELAND] = "Northern Ireland",
};

void message_of_calendar(struct arena *arena, struct text public_url, enum division division,
			 int32_t last_day, bool is_over, struct message *out)
{
	const char *where = division_words[division];
	struct form form;

	form_begin(&form, arena);
	form_say(&form, PART_TITLE, "The bank holidays of %s %s", where,
		 is_over ? "have run out" : "run out");
	form_say(&form, PART_PARAGRAPH,
		 is_over ? "Those that are loaded ended on %.*s."
			 : "Those that are loaded end on %.*s.",
		 TEXT_FMT(day_words(arena, last_day)));
	form_say(&form, PART_PARAGRAPH,
		 "Later dates are counted by weekdays alone and are provisional. What must be "
		 "counted in working days beyond that day is refused.");
	form_say(&form, PART_HEADING, "To do:");
	form_say(&form, PART_ITEM,
		 "Ask the administrator of this service to load a newer calendar with concordatd "
		 "load-reference.");
	form_say(&form, PART_PARAGRAPH,
		 "Until then you are told each month, and each week from a month before that day.");
	form_link(&form, "The calendars that are loaded:", public_url, "calendars", TEXT_NONE);
	out->kind = "calendar_ends";
	out->subject = text_printf(arena, "The bank holidays of %s %s: load a newer calendar",
				   where, is_over ? "have run out" : "run out");
	form_end(&form, "calendar_ends", out);
}
