/* calendar_alarm.h - authorities are told that their bank holidays run out, by whoever is the
 * clock. */
#ifndef CONCORDAT_SERVER_JOBS_CALENDAR_ALARM_H
#define CONCORDAT_SERVER_JOBS_CALENDAR_ALARM_H

#include "internal.h"

struct calendar_alarms {
	struct jobs *jobs;
	const struct lease *lease; /* the clock's */
	const void *done_with;	   /* the reference data by which nothing is due before next_us */
	int64_t next_us;	   /* protocol time */
	int64_t not_before_us;	   /* monotonic: it looks again then */
	/* of the look that goes on */
	struct arena *look; /* NULL: none does */
	const void *held;   /* the reference data as it began */
};

void calendar_alarms_open(struct calendar_alarms *alarms, struct jobs *jobs,
			  const struct lease *lease);
/* Tells what is due, unless it does so already; the lease is held. */
void calendar_alarms_look(struct calendar_alarms *alarms);

#endif
