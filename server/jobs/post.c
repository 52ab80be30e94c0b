/*
 * post.c - what waits to go out is claimed, tried, and what came of it is recorded.
 *
 * Each try that is in flight has a thread. libcurl could share the loop, but a TLS handshake is
 * milliseconds of reckoning (the trusted certificates are read for each), and the loop answers
 * people: what a far side asks of us must cost nobody here an answer. A thread has one try and
 * nothing else, and hands it back through an eventfd. How a try is made is its channel's; each
 * channel has places of its own here, and a target no more than its share of them, so that what is
 * slow keeps nobody else waiting.
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

#include "figures.h"
#include "post.h"
#include "queries.h"

#include "concordat/wire/trace.h"

#define LOOK_EVERY_US US_PER_SECOND
#define MAIL_LEASES 10 /* lease_ms that one try at an e-mail may last */

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
	struct uuid own = uuid_new(0); /* its second half is chance, and never zero */

	t->office = office;
	t->arena = arena;
	t->term = row_int(rows, row, CLAIM_TERM, 0);
	t->claimed_us = jobs_monotonic_us();
	t->attempt.config = post->jobs->config;
	t->attempt.arena = arena;
	t->attempt.id = row_uuid(rows, row, CLAIM_ID);
	t->attempt.target = row_uuid(rows, row, CLAIM_TARGET);
	t->attempt.recipient = row_uuid(rows, row, CLAIM_RECIPIENT);
	t->attempt.number = row_int(rows, row, CLAIM_NUMBER, 1);
	t->attempt.timeout_ms = office->timeout_ms;
	if (!row_is_null(rows, row, CLAIM_TRACEPARENT))
		t->attempt.traceparent =
			trace_below(arena, row_text(rows, row, CLAIM_TRACEPARENT), own.bytes + 8);
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
	attempt_answer(&t->attempt, why, strlen(why));
	transfer_ended(t);
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
		figure_add(&jobs_figures[DELIVERY_ATTEMPTS], t->attempt.end, 1);
		transfer_ended(t);
	}
	post_record(post);
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
		post_record(office->post);
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
	params[1] = param_int(arena, office_claim_ms(office));
	params[2] = param_int(arena, office->per_target);
	store_work(jobs->store, arena, *office->channel->claim, params, 3, on_claimed, claim);
}

static void look(void *context)
{
	struct post *post = context;

	if (!post->jobs->running)
		return;
	alarm_set(&post->alarm, LOOK_EVERY_US);
	if (jobs_monotonic_us() - post->outcomes_us >= LOOK_EVERY_US) {
		post->outcomes_us = jobs_monotonic_us();
		outcome_look(&post->outcome);
	}
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
	alarm_open(&post->record_again, jobs, post_record_again, post);
	jobs->post = post;
	return true;
}

int64_t post_claim_ms(const struct post *post)
{
	int64_t longest_ms = 0;

	for (size_t i = 0; i < post->office_count; i++)
		if (office_claim_ms(&post->offices[i]) > longest_ms)
			longest_ms = office_claim_ms(&post->offices[i]);
	return longest_ms;
}

void post_poke(struct post *post)
{
	post->outcomes_us = 0;
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
		arena_free(t->arena);
	}
	event_free(post->ended_event);
	close(post->signal);
	pthread_mutex_destroy(&post->lock);
	alarm_close(&post->alarm);
	alarm_close(&post->retry);
	alarm_close(&post->patience);
	alarm_close(&post->record_again);
	curl_global_cleanup();
}
