/*
 * ical.h - a calendar for people's calendar programs: iCalendar (RFC 5545) with RFC 7986's names.
 *
 * Written only, never read. Lines end in CR LF and are folded at 75 octets, never inside a
 * character. Days are DATE values and instants UTC, so that no time zone need be described. The
 * same events give the same bytes: nothing in it says when it was written.
 */
#ifndef CONCORDAT_WIRE_ICAL_H
#define CONCORDAT_WIRE_ICAL_H

#include "concordat/base/text.h"

#define ICAL_TYPE "text/calendar"

struct ical_calendar {
	struct text name;
	/* The service's address, which is who publishes it; a slash at its end is passed over.
	 * Nothing of it is written where it is no plain web address. */
	struct text public_url;
	int refresh_hours; /* how often it is worth asking again; at least 1 */
};

/* What is due: on a day, or at an instant of it. */
struct ical_event {
	struct text uid;    /* for good, whatever changes */
	int64_t sequence;   /* grows with each change */
	int64_t changed_us; /* when it came to stand like this */
	int32_t day;
	int64_t at_us; /* NEVER_US: the whole day */
	struct text summary, description;
	struct text link; /* below public_url, with its slash */
	const char *category;
	bool is_cancelled;
};

/* Begin, any number of events, end. */
void ical_begin(struct writer *w, const struct ical_calendar *calendar);
void ical_event(struct writer *w, const struct ical_calendar *calendar,
		const struct ical_event *event);
void ical_end(struct writer *w);

#endif
