/*
 * stream.h - the live stream of what happens: GET /v1/events.
 *
 * Server-sent events, each a CloudEvent (cloud.h), in the order in which they were committed. An
 * event's id is where it stands in the authority's log, sealed so that a reader learns nothing of
 * what others do there; any daemon with the same master key goes on from it. Entries of placements
 * and of homes stand in that one log and are told in its one order. They are read once for all of
 * an authority's streams (feed.c); who may hear of one is asked when it is sent. Where the database
 * is put back under the daemon, streams are ended: their readers come again, and a place in what
 * was lost is refused.
 */
#ifndef CONCORDAT_APP_STREAM_H
#define CONCORDAT_APP_STREAM_H

#include "concordat/app/app.h"

/* ---- an answer without an end, as reply.stream: what app writes to ---- */

struct outlet_calls {
	/* False: whoever reads is too slow, and the outlet is gone. */
	bool (*write)(void *outlet, struct text bytes);
	size_t (*unsent)(const void *outlet);
	void (*end)(void *outlet); /* behind what was written; the outlet is gone */
};

/* Its memory is the operation's own and lives longer than the call's. */
struct stream_answer {
	void (*on_open)(struct stream_answer *answer);
	void (*on_sent)(struct stream_answer *answer); /* nothing is unsent */
	/* The reader has gone; not after end, nor after write said false. */
	void (*on_end)(struct stream_answer *answer);
	/* the edge's */
	const struct outlet_calls *calls;
	void *outlet;
};

/* GET /v1/events: authority, placement, after. */
void app_stream_events(struct call *call);

/* Something may have been appended: looks now, not at the next turn of a third of a second. */
void app_streams_look(struct app *app);

#endif
