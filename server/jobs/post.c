/*
 * post.c - what waits to go out is claimed, tried, and what came of it is recorded.
 *
 * Each try that is in flight has a thread, because libcurl waits for answers without giving the
 * loop back: a far server that stalls would stall every request. A thread has one try and nothing
 * else, and hands it back through an eventfd. How a try is made is its channel's; each channel has
 * places of its own here, and a target no more than its share of them, so that what is slow keeps
 * nobody else waiting.
 *
 * The claim is the lease and its term the fence. Every try has the same id, so a message may come
 * twice (its connection was lost before the answer) but is not lost.
 */
#include <curl/curl.h>
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "channel.h"
#include "figures.h"
#include "outcome.h"
#include "queries.h"

#include "concordat/base/report.h"

#define LOOK_EVERY_US US_PER_SECOND
#define MAIL_LEASES 10 /* lease_ms that one try at an e-mail may last */
#define CLAIM_LEASES 2 /* more, until another may claim it */
#define OFFICES_MOST 2
#define ASKED_MOST_MS (INT64_C(24) * 3600 * 1000) /* a far server is left alone no longer */

struct transfer {
	struct office *office;
	struct arena *arena;
	int64_t term;
	int64_t claimed_us;	       /* monotonic */
	struct alarm again;	       /* the end is told to the database once more */
	int64_t retry_ms;	       /* NEVER_MS: no more tries */
	struct transfer *next, **link; /* all that are in flight */

	/* The thread's from its start until it has handed the transfer back, but for cut. */
	pthread_t thread;
	bool has_thread;
	struct attempt attempt;
	struct transfer *next_ended;
};

/* A channel's part of it. */
struct office {
	struct post *post;
	const struct message_channel *channel;
	int64_t at_once, per_target, timeout_ms;
	bool claiming, again;
	size_t count; /* of its transfers */
};

struct post {
	struct jobs *jobs;
	struct alarm alarm;
	struct office offices[OFFICES_MOST];
	size_t office_count;
	struct transfer *transfers;
	struct alarm retry;    /* the soonest try to come again, of those of late */
	struct alarm patience; /* when stopping */
	int signal;	       /* eventfd: some have ended */
	struct event *ended_event;
	pthread_mutex_t lock; /* of ended */
	struct transfer *ended;
	struct outcome_work outcome;
};

void attempt_answer(struct attempt *attempt, const char *line, size_t size)
{
	attempt->answer_len = 0;
	for (size_t i = 0; i < size && attempt->answer_len < ANSWER_MOST; i++) {
		unsigned char c = (unsigned char)line[i];

		if (c == '\r' || c == '\n')
			break;
		attempt->answer[attempt->answer_len++] = (char)(c < ' ' || c > '~' ? '?' : c);
	}
}

/* ---- how it ended ---- */

/* A tenth more by chance, so that what failed together does not come again together. */
static int64_t retry_ms(const struct transfer *t)
{
	const struct attempt *a = &t->attempt;
	int64_t ms = t->office->channel->retry_ms(a->config, a->number);
	int64_t asked_ms = a->not_before_ms < ASKED_MOST_MS ? a->not_before_ms : ASKED_MOST_MS;

	if (ms == NEVER_MS)
		return ms;
	/* Our own going away, before there was anything to be taken. */
	if (a->cut && !a->all_given)
		return 0;
	ms += ms / 2560 * uuid_new(0).bytes[15];
	return ms > asked_ms ? ms : asked_ms;
}

static int64_t claim_ms(const struct office *office)
{
	return office->timeout_ms + office->post->jobs->config->lease_ms * CLAIM_LEASES;
}

static void transfer_free(struct transfer *t)
{
	struct office *office = t->office;
	struct post *post = office->post;

	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	office->count--;
	alarm_close(&t->again);
	arena_free(t->arena);
	if (office->again && !post->jobs->stopping)
		alarm_set(&post->alarm, 0);
	if (!post->transfers)
		alarm_clear(&post->patience);
	jobs_progress(post->jobs);
	jobs_end(post->jobs); /* may end in on_stopped at the next turn */
}

static void count_end(const struct transfer *t, struct text state, int64_t count)
{
	static const struct {
		const char *state;
		enum delivery_figure figure;
	} ends[] = {{"sent", DELIVERY_SENT},
		    {"delivered", DELIVERY_DELIVERED},
		    {"failed", DELIVERY_FAILED},
		    {"unknown", DELIVERY_UNKNOWN}};
	char id[37];

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (text_is(state, ends[i].state))
			figure_add(&jobs_figures[DELIVERIES], ends[i].figure, count);
	if (!text_is(state, "failed") && !text_is(state, "unknown"))
		return;
	uuid_format(t->attempt.id, id);
	report(REPORT_WARNING, "jobs", "A message cannot be delivered", "channel",
	       t->office->channel->name, "dispatch", id, NULL);
}

static void on_recorded(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct transfer *t = context;
	struct jobs *jobs = t->office->post->jobs;
	bool claimed = jobs_monotonic_us() - t->claimed_us < claim_ms(t->office) * 1000;
	char id[37];

	if (outcome != STORE_DONE && outcome != STORE_BUG && claimed && !jobs->stopping) {
		alarm_set(&t->again, US_PER_SECOND);
		return;
	}
	uuid_format(t->attempt.id, id);
	if (outcome == STORE_DONE && !rows->count) {
		report(REPORT_WARNING, "jobs", "A message was claimed by another meanwhile",
		       "dispatch", id, NULL);
	} else if (outcome == STORE_DONE) {
		count_end(t, row_text(rows, 0, 0), row_int(rows, 0, 1, 1));
		if (text_is(row_text(rows, 0, 0), "queued") && !jobs->stopping)
			alarm_set(&t->office->post->retry, t->retry_ms * 1000);
		if (t->office->channel->recorded)
			t->office->channel->recorded(jobs, &t->attempt);
	}
	outcome_look(&t->office->post->outcome);
	transfer_free(t);
}

static void record(void *context)
{
	static const char *const ends[] = {[ATTEMPT_TAKEN] = "taken",
					   [ATTEMPT_REFUSED] = "refused",
					   [ATTEMPT_LATER] = "later"};
	struct transfer *t = context;
	const struct attempt *a = &t->attempt;
	struct text answer = {a->answer, a->answer_len};
	bool unseen = a->end == ATTEMPT_LATER && a->all_given && !a->status;
	struct param params[7];

	params[0] = param_uuid(t->arena, a->id);
	params[1] = param_int(t->arena, t->term);
	params[2] = PARAM(text_of(ends[a->end]));
	params[3] = PARAM(answer);
	params[4] = t->retry_ms == NEVER_MS ? PARAM(TEXT_NONE) : param_int(t->arena, t->retry_ms);
	params[5] = a->status ? param_int(t->arena, a->status) : PARAM(TEXT_NONE);
	params[6] = PARAM(unseen ? TEXT("t") : TEXT("f"));
	store_work(t->office->post->jobs->store, t->arena, SQL_JOBS_TRIED, params, 7, on_recorded,
		   t);
}

/* The thread is over. */
static void finish(struct transfer *t)
{
	t->retry_ms = retry_ms(t);
	figure_add(&jobs_figures[DELIVERY_ATTEMPTS], t->attempt.end, 1);
	record(t);
}

/* ---- beginning and ending ---- */

static void *run(void *context)
{
	static const uint64_t one = 1;
	struct transfer *t = context;
	struct post *post = t->office->post;

	t->office->channel->run(&t->attempt);
	pthread_mutex_lock(&post->lock);
	t->next_ended = post->ended;
	post->ended = t;
	pthread_mutex_unlock(&post->lock);
	while (write(post->signal, &one, sizeof(one)) < 0)
		; /* only an interruption makes it fail */
	return NULL;
}

static struct transfer *transfer_new(struct office *office, const struct rows *rows, size_t row)
{
	struct post *post = office->post;
	struct arena *arena = arena_new();
	struct transfer *t = arena_make(arena, struct transfer);

	t->office = office;
	t->arena = arena;
	t->term = row_int(rows, row, CLAIM_TERM, 0);
	t->claimed_us = jobs_monotonic_us();
	t->attempt.config = post->jobs->config;
	t->attempt.arena = arena;
	t->attempt.id = row_uuid(rows, row, CLAIM_ID);
	t->attempt.target = row_uuid(rows, row, CLAIM_TARGET);
	t->attempt.recipient = row_uuid(rows, row, CLAIM_RECIPIENT);
	t->attempt.number = row_int(rows, row, CLAIM_ATTEMPTS, 1);
	t->attempt.timeout_ms = office->timeout_ms;
	alarm_open(&t->again, post->jobs, record, t);
	t->next = post->transfers;
	t->link = &post->transfers;
	if (t->next)
		t->next->link = &t->next;
	post->transfers = t;
	office->count++;
	jobs_begin(post->jobs);
	return t;
}

static void end_untried(struct transfer *t, enum attempt_end end, const char *why)
{
	t->attempt.end = end;
	t->retry_ms = retry_ms(t);
	attempt_answer(&t->attempt, why, strlen(why));
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

static void begin(struct office *office, const struct rows *rows, size_t row)
{
	struct transfer *t = transfer_new(office, rows, row);
	const char *why = NULL;

	if (!office->channel->prepare(office->post->jobs, &t->attempt, rows, row, &why))
		end_untried(t, ATTEMPT_REFUSED, why);
	else if (!thread_start(t))
		end_untried(t, ATTEMPT_LATER, "There is no thread to send it with");
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
	struct office *office;
	struct arena *arena;
	size_t asked;
};

static void on_claimed(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct claim *claim = context;
	struct office *office = claim->office;
	struct jobs *jobs = office->post->jobs;

	office->claiming = false;
	if (outcome == STORE_DONE) {
		/* Where a target has its share, there may be more as soon as one has ended. */
		office->again = rows->count > 0;
		for (size_t row = 0; row < rows->count; row++)
			begin(office, rows, row);
	}
	if (jobs->stopping)
		post_stop(office->post);
	jobs_progress(jobs);
	jobs_end(jobs);
	arena_free(claim->arena);
}

static void office_look(struct office *office)
{
	struct jobs *jobs = office->post->jobs;
	size_t free_places = (size_t)office->at_once - office->count;
	struct arena *arena;
	struct claim *claim;
	struct param params[3];

	if (office->claiming || !free_places)
		return;
	arena = arena_new();
	claim = arena_make(arena, struct claim);
	*claim = (struct claim){office, arena, free_places};
	office->claiming = true;
	jobs_begin(jobs);
	params[0] = param_int(arena, (int64_t)free_places);
	params[1] = param_int(arena, claim_ms(office));
	params[2] = param_int(arena, office->per_target);
	store_work(jobs->store, arena, *office->channel->claim, params, 3, on_claimed, claim);
}

static void look(void *context)
{
	struct post *post = context;

	if (!post->jobs->running)
		return;
	alarm_set(&post->alarm, LOOK_EVERY_US);
	outcome_look(&post->outcome);
	for (size_t i = 0; i < post->office_count; i++)
		office_look(&post->offices[i]);
}

/* What is still in flight when stopping lasts too long is cut. */
static void cut(void *context)
{
	struct post *post = context;

	for (struct transfer *t = post->transfers; t; t = t->next)
		t->attempt.cut = true;
}

static void office_open(struct post *post, const struct message_channel *channel, int64_t at_once,
			int64_t per_target, int64_t timeout_ms)
{
	post->offices[post->office_count++] = (struct office){
		.post = post,
		.channel = channel,
		.at_once = at_once,
		.per_target = per_target,
		.timeout_ms = timeout_ms,
	};
}

bool post_open(struct jobs *jobs, struct text *why)
{
	const struct config *config = jobs->config;
	struct post *post = arena_make(jobs->arena, struct post);

	if (config->smtp_url[0] && !mail_address_is_sound(text_of(config->smtp_from))) {
		*why = TEXT("smtp_from is not an e-mail address: set it to one such as "
			    "concordat@council.example");
		return false;
	}
	post->signal = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (post->signal < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		*why = TEXT("libcurl cannot start, and messages are sent with it");
		return false;
	}
	post->jobs = post->outcome.jobs = jobs;
	/* A mailbox has half of the places: all have one mail server, but it may dwell on one. */
	if (config->smtp_url[0])
		office_open(post, &mail_channel, config->smtp_concurrency,
			    (config->smtp_concurrency + 1) / 2, config->lease_ms * MAIL_LEASES);
	office_open(post, &webhook_channel, config->webhook_concurrency, config->webhook_per_target,
		    config->webhook_timeout_ms);
	pthread_mutex_init(&post->lock, NULL);
	post->ended_event =
		event_new(jobs->base, post->signal, EV_READ | EV_PERSIST, on_ended, post);
	event_add(post->ended_event, NULL);
	alarm_open(&post->alarm, jobs, look, post);
	alarm_open(&post->retry, jobs, look, post);
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
	alarm_clear(&post->retry);
	if (post->transfers)
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
	alarm_close(&post->retry);
	alarm_close(&post->patience);
	curl_global_cleanup();
}
