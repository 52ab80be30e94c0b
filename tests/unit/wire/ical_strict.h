/*
 * ical_strict.h - whether libical finds nothing to say against a calendar.
 *
 * Its parser keeps what it could not read as X-LIC-ERROR, and so it does with what breaks the rules
 * of RFC 5545 and RFC 5546 for what is published.
 */
#ifndef CONCORDAT_TESTS_ICAL_STRICT_H
#define CONCORDAT_TESTS_ICAL_STRICT_H

#include <libical/ical.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Each line ends in CR LF and holds 75 octets at most. */
static bool ical_lines_are_sound(const char *text)
{
	while (*text) {
		const char *end = strstr(text, "\r\n");

		if (!end || end - text > 75 || memchr(text, '\n', (size_t)(end - text)) ||
		    memchr(text, '\r', (size_t)(end - text)))
			return false;
		text = end + 2;
	}
	return true;
}

static int ical_errors(icalcomponent *component)
{
	int errors = 0;
	icalcomponent *c;

	for (icalproperty *p = icalcomponent_get_first_property(component, ICAL_XLICERROR_PROPERTY);
	     p; p = icalcomponent_get_next_property(component, ICAL_XLICERROR_PROPERTY)) {
		fprintf(stderr, "%s\n", icalproperty_get_xlicerror(p));
		errors++;
	}
	for (c = icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT); c;
	     c = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT))
		errors += ical_errors(c);
	return errors;
}

/* How many events it has; -1, with what is wrong on standard error, when it is not sound. */
static int ical_check(const char *text)
{
	icalcomponent *calendar;
	int events = -1;

	icalerror_set_errors_are_fatal(false);
	if (!ical_lines_are_sound(text))
		return -1;
	calendar = icalparser_parse_string(text);
	if (!calendar || icalcomponent_isa(calendar) != ICAL_VCALENDAR_COMPONENT)
		fprintf(stderr, "It is not one calendar.\n");
	else if (icalrestriction_check(calendar) && !ical_errors(calendar) &&
		 !icalcomponent_count_errors(calendar))
		events = icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT);
	else
		ical_errors(calendar);
	if (calendar)
		icalcomponent_free(calendar);
	icalmemory_free_ring();
	return events;
}

#endif
