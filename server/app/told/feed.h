/*
 * feed.h - what the streams of an authority share, and one stream.
 *
 * Feeds and readerships that nobody reads any more are tidied away at the next look, so that a
 * stream may end while they are walked over.
 */
#ifndef CONCORDAT_SERVER_APP_FEED_H
#define CONCORDAT_SERVER_APP_FEED_H

#include <sys/queue.h>

#include "call/cursor.h"
#include "concordat/app/stream.h"
#include "held/walk.h"
#include "internal.h"

/* Of one stream; the edge drops it beyond 64 KiB. */
#define UNSENT_MOST (60 * 1024)

TAILQ_HEAD(stream_list, stream);
TAILQ_HEAD(readership_list, readership);
TAILQ_HEAD(feed_list, feed);

/* One reader. */
struct stream {
	struct stream_answer answer; /* first: the edge comes back with it */
	struct app *app;
	struct arena *arena;
	struct call *call; /* until it is answered */
	struct caller caller;
	struct uuid authority, placement; /* placement zero: all of them */
	struct feed *feed;		  /* NULL until it is open */
	struct readership *readership;
	struct place head;	/* how far the log was known to be when it was opened */
	struct place from;	/* where it began */
	bool goes_on;		/* from a cursor */
	int64_t next;		/* of the log: it was shown what it may hear of before that */
	bool behind;		/* it reads for itself, until it is where the feed is */
	bool checked;		/* its token was asked about */
	int64_t broken_real_us; /* behind: since it met one that cannot be read; 0: not */
	struct walk *walk;
	TAILQ_ENTRY(stream) entry, reader; /* of feeds->streams, of readership->streams */
};

/* The streams of one organisation: an entry is judged and written once for all of them. */
struct readership {
	struct arena *arena;
	struct uuid organisation;
	struct stream_list streams;
	TAILQ_ENTRY(readership) entry;
};

/* Of an authority: what is new is read once. */
struct feed {
	struct arena *arena;
	struct app *app;
	struct uuid authority;
	int64_t next;		/* of the log: who is not behind was shown what is before */
	struct digest leaf;	/* of the entry before that */
	struct place asked;	/* the same, when it was last asked how far the log is */
	bool lost;		/* the log does not go on from there: nobody joins it any more */
	struct walk *walk;	/* NULL: none goes on */
	int64_t broken_real_us; /* since when it waits for an entry that cannot be read; 0: not */
	struct readership_list readerships;
	TAILQ_ENTRY(feed) entry;
};

struct feeds {
	struct feed_list feeds;
	struct stream_list streams; /* all, those not open yet too */
	int64_t count;
	struct event *look, *soon, *beat, *check;
	struct arena *heads; /* NULL: nobody asks how far the logs are */
	bool again;
	bool sure; /* since the database was last away, the logs were found to go on from there */
	struct arena *tokens; /* NULL: nobody asks whether they are good */
};

/* ---- feed.c ---- */

/* The open stream takes part from where it is. */
void feed_join(struct stream *stream);
void feed_leave(struct stream *stream);
/* The entry as an event for the organisation; TEXT_NONE: it is not told of it. */
struct text feed_event(struct app *app, struct arena *arena, struct uuid organisation,
		       const struct walked *entry);
/* Whether an entry that cannot be read has had its time, in which a newer daemon might have read it
 * and taken over. It is noted as it is met; 0: none is. */
void broken_note(int64_t *broken_real_us);
bool broken_had_its_time(int64_t broken_real_us);

/* ---- streams.c ---- */

/* To what it asked for. False: the stream is gone. */
bool stream_write(struct stream *stream, struct text event);
/* The stream is gone; its reader comes again, if it may, and from where it was, if that is there.
 */
void stream_end(struct stream *stream);
/* One that is behind reads on. */
void stream_catch_up(struct stream *stream);
void streams_beat(struct app *app);
void streams_check(struct app *app);

#endif
