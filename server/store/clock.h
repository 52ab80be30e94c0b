/*
 * clock.h - the database's clock without asking it.
 *
 * Every segment brings back the server's clock. The answer with the least round trip lately fixes
 * the offset from our monotonic clock, so that a step of this machine's wall clock moves nothing. A
 * rehearsal's protocol time is what was last seen, and stands still between.
 */
#ifndef STORE_CLOCK_H
#define STORE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct clock {
	bool known, rehearsal;
	int64_t offset_us; /* server's wall clock minus our monotonic one */
	int64_t trip_us, taken_us;
	int64_t protocol_us;
};

int64_t monotonic_us(void);
int64_t wall_us(void);

/* A statement sent at sent_us and answered at ended_us (monotonic) found the server's clock at
 * server_us. */
void clock_sample(struct clock *clock, int64_t sent_us, int64_t ended_us, int64_t server_us);
void clock_rehearse(struct clock *clock, bool rehearsal, int64_t protocol_us);
/* The server's wall clock now, rehearsal or not. */
int64_t clock_server_us(const struct clock *clock, int64_t monotonic);
int64_t clock_protocol_us(const struct clock *clock);

#endif
