/*
 * jobs.h - what runs by itself: the clock, telling the parties, sealing the logs.
 *
 * The clock: one at a time across daemons by a fenced lease; each second it reads what is due
 * within two seconds, fires each at its instant through app_settle, and sleeps. Reminders are
 * deliveries, inserted with the obligation's new next_at. Time acts only while the daemon's and the
 * database's clock agree within two seconds (in rehearsal: protocol time stands still, so it acts
 * on what is due at it). Deliver: the fact is the outbox. A fenced worker reads facts by log index
 * and, in one transaction, inserts deliveries, what is to go out of them, and moves its cursor;
 * senders claim that with a fenced lease and speak SMTP, or HTTP to webhooks, through libcurl.
 * Seal: each log's new entries are added to its tree and signed for within a second, one daemon at
 * a time, and never over another tree than before.
 */
#ifndef CONCORDAT_JOBS_JOBS_H
#define CONCORDAT_JOBS_JOBS_H

#include "concordat/app/app.h"

struct jobs;

struct jobs *jobs_new(struct event_base *base, struct app *app, struct arena *arena,
		      struct text *why) __attribute__((warn_unused_result));
void jobs_start(struct jobs *jobs);
/* Reads the log's key again; false and *why: it signs with the old one on. */
bool jobs_reload(struct jobs *jobs, struct text *why) __attribute__((warn_unused_result));
/* Ends what is in flight, gives leases back; on_stopped once, from the loop. */
void jobs_stop(struct jobs *jobs, void (*on_stopped)(void *context), void *context);
void jobs_free(struct jobs *jobs);

/* Whether every mail server that is set can be reached, with its TLS and password; nothing is sent.
 * Blocks, ten seconds at most for each: for a command. *why: what went wrong with which. */
bool jobs_mail_reachable(const struct config *config, struct arena *arena, struct text *why)
	__attribute__((warn_unused_result));

/*
 * For `concordatd rehearse --to INSTANT` (its own loop, no http): moves a rehearsal database's
 * protocol time forward to each next_at on the way and to to_us at last, firing and telling at each
 * stop, until nothing is left to do; on_done once, from the loop (why's text lives until it
 * returns). Starts the jobs itself; daemons beside it leave the clock to it. Refuses a database
 * that is not for rehearsal, or an instant in its past. When the database has no placement yet and
 * no rehearsal row, rehearse makes the row (a database with facts and no row is live, and can never
 * be rehearsed).
 */
void jobs_rehearse(struct jobs *jobs, int64_t to_us,
		   void (*on_done)(bool ok, struct text why, void *context), void *context);

#endif
