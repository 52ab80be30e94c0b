/*
 * internal.h - what the files of this room share.
 *
 * Every file here is one worker with a turn: it asks the store, acts on the rows, and asks again
 * when it was poked, when the clock's second is over, or at once while there is more. A worker
 * counts what it has out with jobs_begin and jobs_end, so that stopping is waiting for zero.
 */
#ifndef CONCORDAT_SERVER_JOBS_INTERNAL_H
#define CONCORDAT_SERVER_JOBS_INTERNAL_H

#include "concordat/app/parts.h"
#include "concordat/jobs/jobs.h"
#include "message.h"

struct event;
struct event_base;

struct clock_job;
struct watch;
struct teller;
struct post;
struct sealer;
struct uplift_job;
struct home_job;
struct rehearsal;

struct jobs {
	struct event_base *base;
	struct app *app;
	struct store *store;
	const struct config *config;
	struct arena *arena; /* as long-lived as the jobs */
	struct uuid holder;  /* this process, in leases */
	bool running, stopping;
	bool rehearsing; /* this process moves the protocol time */
	size_t out;	 /* calls that have not come back */
	struct event *stopped;
	void (*on_stopped)(void *context);
	void *stopped_context;
	struct clock_job *clock;
	struct teller *teller;
	struct sealer *sealer;
	struct watch *watch;
	struct uplift_job *uplift;
	struct home_job *homes;
	struct post *post;
	struct rehearsal *rehearsal;
	void (*on_progress)(struct rehearsal *rehearsal); /* NULL: nobody waits for it */
};

/* ---- worker.c ---- */

/* Monotonic, and it goes on while the machine sleeps. */
int64_t jobs_monotonic_us(void);
void jobs_begin(struct jobs *jobs);
void jobs_end(struct jobs *jobs);
/* Tells that the jobs have stopped, once they are asked to and nothing is out. */
void jobs_settle(struct jobs *jobs);
/* A worker has done something or has nothing left: who waits for that looks again. */
void jobs_progress(struct jobs *jobs);

/* A timer that only comes nearer: on_ring once after the shortest wait asked for. */
struct alarm {
	struct event *event;
	int64_t at_us; /* monotonic; 0: not set */
	void (*on_ring)(void *context);
	void *context;
};

void alarm_open(struct alarm *alarm, struct jobs *jobs, void (*on_ring)(void *context),
		void *context);
void alarm_set(struct alarm *alarm, int64_t in_us);
void alarm_clear(struct alarm *alarm);
void alarm_close(struct alarm *alarm);

/* ---- notice.c ---- */

/* What the deliveries of one statement are made of, side by side. */
struct notice {
	struct uuid placement, recipient; /* zero: of no placement */
	struct uuid sender; /* the organisation that did what it tells of; zero: time */
	const char *kind;   /* as rules name it: the fact's, or "reminder" */
	int64_t leaf_index; /* NO_INT: of no fact */
	bool by_mail;
	bool is_owed;	    /* something is the recipient's to do: no rule holds it back */
	struct uuid import; /* whose e-mails go to the recipient as one; zero: by itself */
	struct message message;
	struct text document; /* for its webhooks; TEXT_NONE: they are not told */
	struct text reminder; /* which one, or TEXT_NONE */
	int32_t day;	      /* of the reminder: at 09:00 where each reader is */
};
/* In the order of the parameters of deliver (migrations/0026_readers.sql). */
enum notice_column {
	NOTICE_PLACEMENT,
	NOTICE_RECIPIENT,
	NOTICE_KIND, /* of the message: "receipt" to the side that acted */
	NOTICE_RULE_KIND,
	NOTICE_LEAF,
	NOTICE_ID,
	NOTICE_BY_MAIL,
	NOTICE_IS_OWED,
	NOTICE_SUBJECT,
	NOTICE_BODY,
	NOTICE_HTML,
	NOTICE_TEMPLATE,
	NOTICE_VERSION,
	NOTICE_IMPORT,
	NOTICE_SENDER,
	NOTICE_DOCUMENT,
	NOTICE_REMINDER,
	NOTICE_DAY,
	NOTICE_COLUMNS
};
/* Array parameters, with new ids in the notices' order. */
void notices_to_params(struct jobs *jobs, struct arena *arena, const struct notice *notices,
		       size_t count, struct param params[NOTICE_COLUMNS]);

/* ---- lease.c ---- */

struct lease {
	struct jobs *jobs;
	const char *name;
	struct alarm timer;
	bool wanted, asking;
	int64_t term;
	int64_t until_us; /* monotonic; 0: not held */
	void (*on_held)(void *context);
	void *context;
};

void lease_open(struct lease *lease, struct jobs *jobs, const char *name,
		void (*on_held)(void *context), void *context);
/* Takes it as soon as it is free and keeps it, or gives it back. */
void lease_want(struct lease *lease, bool wanted);
bool lease_is_held(const struct lease *lease);
void lease_close(struct lease *lease);

/* ---- clock.c, deliver.c, sealer.c, watch.c, uplift.c, homes.c, post.c, rehearse.c ---- */

void clock_open(struct jobs *jobs);
void clock_poke(struct clock_job *clock);
const struct lease *clock_lease(const struct clock_job *clock);
void clock_stop(struct clock_job *clock);
void clock_close(struct clock_job *clock);

void teller_open(struct jobs *jobs);
void teller_poke(struct teller *teller);
const struct lease *teller_lease(const struct teller *teller);
void teller_stop(struct teller *teller);
void teller_close(struct teller *teller);

/* False and *why when the log's key or folder is not as it must be. */
bool sealer_open(struct jobs *jobs, struct text *why) __attribute__((warn_unused_result));
void sealer_start(struct sealer *sealer);
void sealer_poke(struct sealer *sealer);
/* Reads the key again; false and *why: the old one stays. */
bool sealer_reload(struct sealer *sealer, struct text *why) __attribute__((warn_unused_result));
const struct lease *sealer_lease(const struct sealer *sealer);
/* How many logs it refuses to seal now. */
size_t sealer_refused(const struct sealer *sealer);
void sealer_stop(struct sealer *sealer);
void sealer_close(struct sealer *sealer);

void watch_open(struct jobs *jobs);
void watch_start(struct watch *watch);
void watch_stop(struct watch *watch);
void watch_close(struct watch *watch);

/* False and *why when libcurl cannot begin, or the mail server's settings are not sound. */
bool post_open(struct jobs *jobs, struct text *why) __attribute__((warn_unused_result));
void post_poke(struct post *post);
/* The longest that anything may be held for one try. */
int64_t post_claim_ms(const struct post *post);
void post_stop(struct post *post);
void post_close(struct post *post);

void uplift_open(struct jobs *jobs);
void uplift_poke(struct uplift_job *job);
void uplift_stop(struct uplift_job *job);
void uplift_close(struct uplift_job *job);

void homes_open(struct jobs *jobs);
void homes_poke(struct home_job *job);
void homes_stop(struct home_job *job);
void homes_close(struct home_job *job);

void rehearsal_close(struct rehearsal *rehearsal);

#endif
