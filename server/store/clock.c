/*
 * clock.c - an offset, kept from the best answer lately.
 *
 * An answer bounds the offset from both sides: the server looked at its clock
 * between sending and answering. If the kept offset lies outside, a clock has
 * stepped, and the new answer counts whatever its round trip.
 */
#include "clock.h"

#include <time.h>

#define LATELY_US INT64_C(10000000)

static int64_t read_clock(clockid_t which)
{
	struct timespec now;

	clock_gettime(which, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t monotonic_us(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t wall_us(void)
{
	return read_clock(CLOCK_REALTIME);
}

void clock_sample(struct clock *clock, int64_t sent_us, int64_t ended_us, int64_t server_us)
{
	int64_t trip = ended_us - sent_us;
	bool stepped =
		clock->offset_us < server_us - ended_us || clock->offset_us > server_us - sent_us;

	if (clock->known && !stepped && trip > clock->trip_us &&
	    ended_us - clock->taken_us < LATELY_US)
		return;
	clock->known = true;
	clock->offset_us = server_us - (sent_us + trip / 2);
	clock->trip_us = trip;
	clock->taken_us = ended_us;
}

void clock_rehearse(struct clock *clock, bool rehearsal, int64_t protocol_us)
{
	/* Answers of several connections may arrive out of order; protocol time only moves forward.
	 */
	if (rehearsal && clock->rehearsal && protocol_us < clock->protocol_us)
		return;
	clock->rehearsal = rehearsal;
	clock->protocol_us = protocol_us;
}

int64_t clock_server_us(const struct clock *clock, int64_t monotonic)
{
	return clock->known ? monotonic + clock->offset_us : wall_us();
}

int64_t clock_protocol_us(const struct clock *clock)
{
	return clock->rehearsal ? clock->protocol_us : clock_server_us(clock, monotonic_us());
}
