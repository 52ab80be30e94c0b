/*
 * ical.c - events as iCalendar lines.
 *
 * A line is put together character by character, an escape counting as one, and a fold goes in
 * front of the one that would no longer fit: so none is ever cut.
 */
#include "concordat/wire/ical.h"

#include <assert.h>

#include "concordat/core/calendar.h"

#define LINE_OCTETS 75		       /* the line's end not counted */
#define DUE_SHOWN_US (US_PER_HOUR / 2) /* an instant is shown as the end of so long */

/* ---- lines ---- */

struct line {
	struct writer *w;
	size_t used;
};

static void put(struct line *line, struct text character)
{
	if (line->used + character.len > LINE_OCTETS) {
		writer_puts(line->w, "\r\n ");
		line->used = 1;
	}
	writer_put(line->w, character);
	line->used += character.len;
}

/* How many bytes the character is of that begins so. */
static size_t character_size(unsigned char first)
{
	return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

static struct text next_character(struct text *rest)
{
	size_t size = character_size((unsigned char)rest->at[0]);
	struct text character = {rest->at, size < rest->len ? size : rest->len};

	rest->at += character.len;
	rest->len -= character.len;
	return character;
}

static struct line begin_line(struct writer *w, const char *name)
{
	struct line line = {.w = w};
	struct text rest = text_of(name);

	while (rest.len)
		put(&line, next_character(&rest));
	return line;
}

static void end_line(struct line *line)
{
	writer_puts(line->w, "\r\n");
}

/* name: with its parameters and the colon. */
static void put_plain(struct writer *w, const char *name, struct text value)
{
	struct line line = begin_line(w, name);

	while (value.len)
		put(&line, next_character(&value));
	end_line(&line);
}

/* A TEXT value: what separates is escaped, a line's end becomes \n, and control characters, which
 * it may not hold, are left out. */
static void put_text(struct writer *w, const char *name, struct text value)
{
	struct line line = begin_line(w, name);

	while (value.len) {
		struct text c = next_character(&value);
		char first = c.at[0];

		if (first == '\\' || first == ';' || first == ',')
			put(&line, (struct text){(char[]){'\\', first}, 2});
		else if (first == '\n')
			put(&line, TEXT("\\n"));
		else if (((unsigned char)first >= ' ' && first != 0x7f) || first == '\t')
			put(&line, c);
	}
	end_line(&line);
}

static void put_day(struct writer *w, const char *name, int32_t day)
{
	struct civil civil = civil_of(day);

	put_plain(w, name,
		  text_printf(w->arena, "%04d%02d%02d", (int)civil.year, (int)civil.month,
			      (int)civil.day));
}

static void put_instant(struct writer *w, const char *name, int64_t at_us)
{
	int64_t second = at_us / US_PER_SECOND;
	struct civil civil = civil_of((int32_t)(second / 86400));
	int of_day = (int)(second % 86400);

	put_plain(w, name,
		  text_printf(w->arena, "%04d%02d%02dT%02d%02d%02dZ", (int)civil.year,
			      (int)civil.month, (int)civil.day, of_day / 3600, of_day / 60 % 60,
			      of_day % 60));
}

/* ---- the calendar ---- */

/* False where there is nothing that may be linked to. */
static bool address(struct writer *w, const struct ical_calendar *calendar, struct text link,
		    struct text *out)
{
	struct text url = text_url_base(calendar->public_url);

	*out = text_printf(w->arena, "%.*s%.*s", TEXT_FMT(url), TEXT_FMT(link));
	return text_is_web_address(*out);
}

void ical_begin(struct writer *w, const struct ical_calendar *calendar)
{
	struct text url;

	assert(calendar->refresh_hours > 0);
	put_plain(w, "BEGIN:", TEXT("VCALENDAR"));
	put_plain(w, "VERSION:", TEXT("2.0"));
	put_plain(w, "PRODID:", TEXT("-//Concordat//Care fee agreements//EN"));
	put_plain(w, "CALSCALE:", TEXT("GREGORIAN"));
	put_plain(w, "METHOD:", TEXT("PUBLISH"));
	put_text(w, "NAME:", calendar->name);
	put_plain(w, "REFRESH-INTERVAL;VALUE=DURATION:",
		  text_printf(w->arena, "PT%dH", calendar->refresh_hours));
	if (address(w, calendar, TEXT(""), &url))
		put_plain(w, "URL:", url);
}

static void put_when(struct writer *w, const struct ical_event *event)
{
	if (event->at_us == NEVER_US) {
		put_day(w, "DTSTART;VALUE=DATE:", event->day);
		put_day(w, "DTEND;VALUE=DATE:", event->day + 1);
	} else {
		put_instant(w, "DTSTART:", event->at_us - DUE_SHOWN_US);
		put_instant(w, "DTEND:", event->at_us);
	}
}

void ical_event(struct writer *w, const struct ical_calendar *calendar,
		const struct ical_event *event)
{
	struct text url;

	put_plain(w, "BEGIN:", TEXT("VEVENT"));
	put_text(w, "UID:", event->uid);
	put_plain(w, "SEQUENCE:", text_printf(w->arena, "%lld", (long long)event->sequence));
	put_instant(w, "DTSTAMP:", event->changed_us);
	put_instant(w, "LAST-MODIFIED:", event->changed_us);
	put_when(w, event);
	put_plain(w, "STATUS:", event->is_cancelled ? TEXT("CANCELLED") : TEXT("CONFIRMED"));
	put_text(w, "SUMMARY:", event->summary);
	put_text(w, "DESCRIPTION:", event->description);
	put_text(w, "CATEGORIES:", text_of(event->category));
	/* Who owes it is not kept busy by it all day. */
	put_plain(w, "TRANSP:", TEXT("TRANSPARENT"));
	/* What is published has an organiser (RFC 5546): the service, and no person. */
	if (address(w, calendar, TEXT(""), &url))
		put_plain(w, "ORGANIZER;CN=Concordat:", url);
	if (address(w, calendar, event->link, &url))
		put_plain(w, "URL:", url);
	put_plain(w, "END:", TEXT("VEVENT"));
}

void ical_end(struct writer *w)
{
	put_plain(w, "END:", TEXT("VCALENDAR"));
}
