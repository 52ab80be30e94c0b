/*
 * smtp.c - e-mails that wait are claimed, sent, and what came of it is recorded.
 *
 * Each that is in flight has a thread, because libcurl waits for the answer to the last dot, and to
 * QUIT, without giving the loop back: a mail server that stalls would stall every request. A thread
 * has one sending and nothing else, and hands it back through an eventfd.
 *
 * The claim is the lease and its term the fence; where several go as one, the first one's is theirs
 * too. Every try has the same Message-ID, so a message
 * may come twice (its connection was lost after the last dot) but is not lost.
 */
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "figures.h"
#include "internal.h"
#include "outcome.h"
#include "queries.h"
#include "send.h"

#include "concordat/base/report.h"

#define LOOK_EVERY_US US_PER_SECOND
#define SEND_LEASES 10	/* lease_ms that one try may last */
#define CLAIM_LEASES 12 /* lease_ms until another may claim it */
#define RETRY_MOST_MS INT64_C(14400000)

enum column { ID, TERM, ATTEMPTS, ADDRESS, SUBJECT, BODY, CREATED_AT, AUTHORITY, TOGETHER };

struct transfer {
	struct post *post;
	struct arena *arena;
	struct uuid id;
	int64_t term, attempts;
	int64_t claimed_us; /* monotonic */
	struct alarm again; /* the outcome is told to the database once more */
	const char *state;
	int64_t retry_ms;
	struct transfer *next, **link; /* all that are in flight */

	/* The thread's from its start until it has handed the transfer back, but for cut. */
	pthread_t thread;
	bool has_thread;
	struct sending sending;
	struct transfer *next_ended;
};

struct post {
	struct jobs *jobs;
	struct alarm alarm;
	bool claiming, again;
	struct transfer *transfers;
	size_t count;
	struct alarm patience; /* when stopping */
	int signal;	       /* eventfd: some have ended */
	struct event *ended_event;
	pthread_mutex_t lock; /* of ended */
	struct transfer *ended;
	struct outcome_work outcome;
};

/* ---- the outcome ---- */

static int64_t retry_ms(const struct transfer *t)
{
	int64_t ms = t->post->jobs->config->smtp_retry_ms;
	int64_t most = ms > RETRY_MOST_MS ? ms : RETRY_MOST_MS;

	for (int64_t i = 1; i < t->attempts && ms < most; i++)
		ms *= 2;
	return ms < most ? ms : most;
}

static void transfer_free(struct transfer *t)
{
	struct post *post = t->post;

	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	post->count--;
	alarm_close(&t->again);
	arena_free(t->arena);
	if (post->again && !post->jobs->stopping)
		alarm_set(&post->alarm, 0);
	if (!post->count)
		alarm_clear(&post->patience);
	jobs_progress(post->jobs);
	jobs_end(post->jobs); /* may end in on_stopped at the next turn */
}

static bool is_claimed(const struct transfer *t)
{
	return jobs_monotonic_us() - t->claimed_us <
	       t->post->jobs->config->lease_ms * CLAIM_LEASES * 1000;
}

static void on_recorded(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct transfer *t = context;
	struct jobs *jobs = t->post->jobs;
	char id[37];

	if (outcome != STORE_DONE && outcome != STORE_BUG && is_claimed(t) && !jobs->stopping) {
		alarm_set(&t->again, US_PER_SECOND);
		return;
	}
	uuid_format(t->id, id);
	if (outcome == STORE_DONE && !rows->count) {
		report(REPORT_WARNING, "jobs", "An e-mail was claimed by another meanwhile",
		       "delivery", id, NULL);
	} else if (outcome == STORE_DONE && text_is(row_text(rows, 0, 0), "sent")) {
		figure_add(&jobs_figures[DELIVERIES], DELIVERY_SENT, row_int(rows, 0, 1, 1));
	} else if (outcome == STORE_DONE && text_is(row_text(rows, 0, 0), "failed")) {
		figure_add(&jobs_figures[DELIVERIES], DELIVERY_FAILED, row_int(rows, 0, 1, 1));
		report(REPORT_WARNING, "jobs", "An e-mail cannot be delivered", "delivery", id,
		       NULL);
	}
	outcome_look(&t->post->outcome);
	transfer_free(t);
}

static void record(void *context)
{
	struct transfer *t = context;
	struct text answer = {t->sending.answer, t->sending.answer_len};
	struct param params[5];

	params[0] = param_uuid(t->arena, t->id);
	params[1] = param_int(t->arena, t->term);
	params[2] = PARAM(text_of(t->state));
	params[3] = PARAM(answer);
	params[4] = param_int(t->arena, t->retry_ms);
	store_work(t->post->jobs->store, t->arena, SQL_JOBS_SENT, params, 5, on_recorded, t);
}

/* The thread is over. */
static void finish(struct transfer *t)
{
	t->retry_ms = retry_ms(t);
	figure_add(&jobs_figures[DELIVERY_ATTEMPTS], t->sending.sent, 1);
	switch (t->sending.sent) {
	case SENT_TAKEN:
		t->state = "sent";
		break;
	case SENT_REFUSED:
		t->state = "failed";
		break;
	case SENT_LATER:
		t->state = "queued";
		/* Our own going away, before there was anything to be taken. */
		if (t->sending.cut && !t->sending.all_given)
			t->retry_ms = 0;
		break;
	}
	record(t);
}

/* ---- beginning and ending ---- */

static void *run(void *context)
{
	static const uint64_t one = 1;
	struct transfer *t = context;
	struct post *post = t->post;

	sending_run(&t->sending);
	pthread_mutex_lock(&post->lock);
	t->next_ended = post->ended;
	post->ended = t;
	pthread_mutex_unlock(&post->lock);
	while (write(post->signal, &one, sizeof(one)) < 0)
		; /* only an interruption makes it fail */
	return NULL;
}

static struct transfer *transfer_new(struct post *post, const struct rows *rows, size_t row)
{
	struct arena *arena = arena_new();
	struct transfer *t = arena_make(arena, struct transfer);

	t->post = post;
	t->arena = arena;
	t->id = row_uuid(rows, row, ID);
	t->term = row_int(rows, row, TERM, 0);
	t->attempts = row_int(rows, row, ATTEMPTS, 1);
	t->claimed_us = jobs_monotonic_us();
	alarm_open(&t->again, post->jobs, record, t);
	t->next = post->transfers;
	t->link = &post->transfers;
	if (t->next)
		t->next->link = &t->next;
	post->transfers = t;
	post->count++;
	jobs_begin(post->jobs);
	return t;
}

static void refuse(struct transfer *t, const char *state, const char *why)
{
	t->state = state;
	t->retry_ms = retry_ms(t);
	sending_answer(&t->sending, why, strlen(why));
	record(t);
}

/* Signals are the loop's. */
static bool thread_start(struct transfer *t)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	t->has_thread = pthread_create(&t->thread, NULL, run, t) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return t->has_thread;
}

static void begin(struct post *post, const struct rows *rows, size_t row)
{
	struct transfer *t = transfer_new(post, rows, row);
	struct text address = row_text(rows, row, ADDRESS);
	struct message together;
	struct mail mail = {
		.from = text_of(post->jobs->config->smtp_from),
		.to = address,
		.subject = row_text(rows, row, SUBJECT),
		.body = row_text(rows, row, BODY),
		.id = t->id,
		.date_us = row_int(rows, row, CREATED_AT, 0),
	};

	if (!row_is_null(rows, row, TOGETHER)) {
		message_of_import(t->arena, text_of(post->jobs->config->public_url),
				  row_text(rows, row, AUTHORITY), row_text(rows, row, TOGETHER),
				  &together);
		mail.subject = together.subject;
		mail.body = together.body;
	}
	if (!mail_write(t->arena, &mail, &t->sending.bytes)) {
		refuse(t, "failed", "The address or subject cannot be put in an e-mail");
		return;
	}
	t->sending.config = post->jobs->config;
	t->sending.to = text_cstr(t->arena, address);
	t->sending.timeout_ms = post->jobs->config->lease_ms * SEND_LEASES;
	if (!thread_start(t))
		refuse(t, "queued", "There is no thread to send it with");
}

static void on_ended(evutil_socket_t fd, short what, void *context)
{
	struct post *post = context;
	struct transfer *t, *next;
	uint64_t count;

	(void)what;
	if (read(fd, &count, sizeof(count)) < 0)
		return; /* told already */
	pthread_mutex_lock(&post->lock);
	t = post->ended;
	post->ended = NULL;
	pthread_mutex_unlock(&post->lock);
	for (; t; t = next) {
		next = t->next_ended;
		pthread_join(t->thread, NULL);
		t->has_thread = false;
		finish(t);
	}
}

/* ---- claiming ---- */

struct claim {
	struct post *post;
	struct arena *arena;
	size_t asked;
};

static void on_claimed(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct claim *claim = context;
	struct post *post = claim->post;

	post->claiming = false;
	if (outcome == STORE_DONE) {
		post->again = rows->count == claim->asked;
		for (size_t row = 0; row < rows->count; row++)
			begin(post, rows, row);
	}
	if (post->jobs->stopping)
		post_stop(post);
	jobs_progress(post->jobs);
	jobs_end(post->jobs);
	arena_free(claim->arena);
}

static void look(void *context)
{
	struct post *post = context;
	struct jobs *jobs = post->jobs;
	size_t free_places = (size_t)jobs->config->smtp_concurrency - post->count;
	struct arena *arena;
	struct claim *claim;
	struct param params[2];

	if (!jobs->running)
		return;
	alarm_set(&post->alarm, LOOK_EVERY_US);
	outcome_look(&post->outcome);
	if (post->claiming || !free_places)
		return;
	arena = arena_new();
	claim = arena_make(arena, struct claim);
	*claim = (struct claim){post, arena, free_places};
	post->claiming = true;
	jobs_begin(jobs);
	params[0] = param_int(arena, (int64_t)free_places);
	params[1] = param_int(arena, jobs->config->lease_ms * CLAIM_LEASES);
	store_work(jobs->store, arena, SQL_JOBS_CLAIM, params, 2, on_claimed, claim);
}

/* What is still in flight when stopping lasts too long is cut. */
static void cut(void *context)
{
	struct post *post = context;

	for (struct transfer *t = post->transfers; t; t = t->next)
		t->sending.cut = true;
}

bool post_open(struct jobs *jobs, struct text *why)
{
	struct post *post = arena_make(jobs->arena, struct post);

	if (!mail_address_is_sound(text_of(jobs->config->smtp_from))) {
		*why = TEXT("smtp_from is not an e-mail address: set it to one such as "
			    "concordat@council.example");
		return false;
	}
	post->signal = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (post->signal < 0 || !sending_begin()) {
		*why = TEXT("libcurl cannot start, and smtp_url asks for e-mail");
		return false;
	}
	post->jobs = post->outcome.jobs = jobs;
	pthread_mutex_init(&post->lock, NULL);
	post->ended_event =
		event_new(jobs->base, post->signal, EV_READ | EV_PERSIST, on_ended, post);
	event_add(post->ended_event, NULL);
	alarm_open(&post->alarm, jobs, look, post);
	alarm_open(&post->patience, jobs, cut, post);
	jobs->post = post;
	return true;
}

void post_poke(struct post *post)
{
	if (post->jobs->running)
		alarm_set(&post->alarm, 0);
}

void post_stop(struct post *post)
{
	alarm_clear(&post->alarm);
	if (post->count)
		alarm_set(&post->patience, post->jobs->config->drain_ms * 1000 / 2);
}

void post_close(struct post *post)
{
	/* Not stopped first: nothing may run on behind our back. */
	cut(post);
	for (struct transfer *t = post->transfers, *next; t; t = next) {
		next = t->next;
		if (t->has_thread)
			pthread_join(t->thread, NULL);
		alarm_close(&t->again);
		arena_free(t->arena);
	}
	event_free(post->ended_event);
	close(post->signal);
	pthread_mutex_destroy(&post->lock);
	alarm_close(&post->alarm);
	alarm_close(&post->patience);
	sending_end();
}
