/*
 * worker.c - what every worker is made of: a clock that goes on, an alarm, and the count of what it
 * has out.
 *
 * Nothing here knows which workers there are.
 */
#include <event2/event.h>
#include <time.h>

#include "internal.h"

int64_t jobs_monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

static void on_alarm(evutil_socket_t fd, short what, void *context)
{
	struct alarm *alarm = context;

	(void)fd;
	(void)what;
	alarm->at_us = 0;
	alarm->on_ring(alarm->context);
}

void alarm_open(struct alarm *alarm, struct jobs *jobs, void (*on_ring)(void *context),
		void *context)
{
	*alarm = (struct alarm){.on_ring = on_ring, .context = context};
	alarm->event = evtimer_new(jobs->base, on_alarm, alarm);
}

void alarm_set(struct alarm *alarm, int64_t in_us)
{
	int64_t at_us;

	if (in_us < 0)
		in_us = 0;
	at_us = jobs_monotonic_us() + in_us;
	if (alarm->at_us && alarm->at_us <= at_us)
		return;
	alarm->at_us = at_us;
	event_add(alarm->event, &(struct timeval){.tv_sec = in_us / US_PER_SECOND,
						  .tv_usec = in_us % US_PER_SECOND});
}

void alarm_clear(struct alarm *alarm)
{
	alarm->at_us = 0;
	event_del(alarm->event);
}

void alarm_close(struct alarm *alarm)
{
	event_free(alarm->event);
}

void jobs_settle(struct jobs *jobs)
{
	if (jobs->stopping && !jobs->out && jobs->on_stopped)
		event_active(jobs->stopped, EV_TIMEOUT, 1);
}

void jobs_begin(struct jobs *jobs)
{
	jobs->out++;
}

void jobs_end(struct jobs *jobs)
{
	jobs->out--;
	jobs_settle(jobs);
}

void jobs_progress(struct jobs *jobs)
{
	if (jobs->on_progress)
		jobs->on_progress(jobs->rehearsal);
}
