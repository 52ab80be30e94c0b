/*
 * post_record.c - how tries ended is told to the database, as many at once as have ended.
 *
 * One statement is under way at a time, so that a crowd of ends shares its commit and a lone one
 * waits for nobody. What cannot be recorded just now is kept and told again for as long as nobody
 * else may have claimed it.
 */
#include "post.h"

#include <stdio.h>

#include "figures.h"
#include "queries.h"

#include "concordat/base/report.h"
#include "concordat/wire/trace.h"

#define ASKED_MOST_MS (INT64_C(24) * 3600 * 1000) /* a far server is left alone no longer */
#define CLAIM_LEASES 2 /* more than a try may last, until another may claim it */

static const char *const attempt_ends[] = {
	[ATTEMPT_TAKEN] = "taken", [ATTEMPT_REFUSED] = "refused", [ATTEMPT_LATER] = "later"};

/* Up to a tenth more by chance, so that what failed together does not come again together. */
static int64_t retry_ms(const struct transfer *t)
{
	const struct attempt *a = &t->attempt;
	int64_t ms = t->office->channel->retry_ms(a->config, a->number);
	int64_t asked_ms = a->not_before_ms < ASKED_MOST_MS ? a->not_before_ms : ASKED_MOST_MS;

	/* Our own going away, before there was anything to be taken. */
	if (a->cut && !a->all_given)
		return 0;
	if (ms == NEVER_MS)
		return ms;
	ms += ms * uuid_new(0).bytes[15] / 2560;
	return ms > asked_ms ? ms : asked_ms;
}

int64_t office_claim_ms(const struct office *office)
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
	arena_free(t->arena);
	if (office->again && !post->jobs->stopping)
		alarm_set(&post->alarm, 0);
	if (!post->transfers)
		alarm_clear(&post->patience);
	jobs_progress(post->jobs);
	jobs_end(post->jobs); /* may end in on_stopped at the next turn */
}

/* NULL: what it tells of was asked for in nobody's trace. */
static const char *trace_of(const struct transfer *t, char out[33])
{
	if (!t->attempt.traceparent.at)
		return NULL;
	snprintf(out, 33, "%.*s", TEXT_FMT(trace_id(t->attempt.traceparent)));
	return out;
}

/* One line a try. */
static void say_end(const struct transfer *t)
{
	const struct attempt *a = &t->attempt;
	char id[37], number[24], status[24], trace[33];

	if (!report_is_on(REPORT_INFO))
		return;
	uuid_format(a->id, id);
	snprintf(number, sizeof(number), "%lld", (long long)a->number);
	snprintf(status, sizeof(status), "%lld", (long long)a->status);
	report(REPORT_INFO, "jobs", "send", "channel", t->office->channel->name, "dispatch", id,
	       "number", number, "end", attempt_ends[a->end], "status", a->status ? status : NULL,
	       "trace_id", trace_of(t, trace), "traceparent",
	       a->traceparent.at ? text_cstr(a->arena, a->traceparent) : NULL, NULL);
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
	char id[37], trace[33];

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (text_is(state, ends[i].state))
			figure_add(&jobs_figures[DELIVERIES], ends[i].figure, count);
	if (!text_is(state, "failed") && !text_is(state, "unknown"))
		return;
	uuid_format(t->attempt.id, id);
	report(REPORT_WARNING, "jobs", "A message cannot be delivered", "channel",
	       t->office->channel->name, "dispatch", id, "trace_id", trace_of(t, trace), NULL);
}

static bool is_claimed(const struct transfer *t)
{
	return jobs_monotonic_us() - t->claimed_us < office_claim_ms(t->office) * 1000;
}

enum recorded_column {
	RECORDED_ID,
	RECORDED_STATE,
	RECORDED_COUNT,
	RECORDED_OUTCOME,
	RECORDED_RETRY_MS
};

/* True: its placement is to know of it. */
static bool finish(struct transfer *t, const struct rows *rows)
{
	bool outcome = false;
	char id[37];
	size_t row = 0;

	while (row < rows->count && !uuid_eq(row_uuid(rows, row, RECORDED_ID), t->attempt.id))
		row++;
	if (row == rows->count) {
		uuid_format(t->attempt.id, id);
		report(REPORT_WARNING, "jobs", "A message was claimed by another meanwhile",
		       "dispatch", id, NULL);
	} else {
		outcome = row_bool(rows, row, RECORDED_OUTCOME);
		count_end(t, row_text(rows, row, RECORDED_STATE),
			  row_int(rows, row, RECORDED_COUNT, 1));
		if (text_is(row_text(rows, row, RECORDED_STATE), "queued") &&
		    !t->office->post->jobs->stopping)
			alarm_set(&t->office->post->retry,
				  row_int(rows, row, RECORDED_RETRY_MS, 0) * 1000);
		if (t->office->channel->recorded)
			t->office->channel->recorded(t->office->post->jobs, &t->attempt);
	}
	transfer_free(t);
	return outcome;
}

/* Those that nobody else may have claimed meanwhile are told once more a little later. */
static void keep(struct post *post, struct transfer *t)
{
	struct transfer *next;

	for (; t; t = next) {
		next = t->next_ended;
		if (post->jobs->stopping || !is_claimed(t)) {
			transfer_free(t);
			continue;
		}
		t->next_ended = post->unrecorded;
		post->unrecorded = t;
	}
	if (post->unrecorded)
		alarm_set(&post->record_again, US_PER_SECOND);
}

static void on_recorded(enum store_outcome outcome, const struct rows *rows, void *context)
{
	static const struct rows none;
	struct post *post = context;
	struct transfer *t = post->recorded, *next;
	struct jobs *jobs = post->jobs;
	struct arena *arena = post->record_arena;
	bool outcomes = false;

	post->recorded = NULL;
	post->record_arena = NULL;
	jobs_begin(jobs); /* until we have done with it */
	if (outcome != STORE_DONE && outcome != STORE_BUG) {
		keep(post, t);
	} else {
		for (; t; t = next) {
			next = t->next_ended;
			outcomes |= finish(t, outcome == STORE_DONE ? rows : &none);
		}
		if (outcomes)
			outcome_look(&post->outcome);
		post_record(post);
	}
	arena_free(arena);
	jobs_end(jobs);
}

enum { TRIED_COLUMNS = 7 };

static void put_end(struct arena *arena, const struct transfer *t, struct text out[TRIED_COLUMNS])
{
	const struct attempt *a = &t->attempt;
	bool unseen = a->end == ATTEMPT_LATER && a->all_given && !a->status;

	out[0] = uuid_text(arena, a->id);
	out[1] = text_printf(arena, "%lld", (long long)t->term);
	out[2] = text_of(attempt_ends[a->end]);
	out[3] = (struct text){a->answer, a->answer_len};
	if (t->retry_ms != NEVER_MS)
		out[4] = text_printf(arena, "%lld", (long long)t->retry_ms);
	if (a->status)
		out[5] = text_printf(arena, "%lld", (long long)a->status);
	out[6] = unseen ? TEXT("t") : TEXT("f");
}

/* All that have ended while the last statement was under way go with the next. */
void post_record(struct post *post)
{
	struct text *columns[TRIED_COLUMNS] = {0};
	struct param params[TRIED_COLUMNS];
	size_t count = 0;

	if (post->record_arena || !post->unrecorded)
		return;
	post->record_arena = arena_new();
	post->recorded = post->unrecorded;
	post->unrecorded = NULL;
	for (const struct transfer *t = post->recorded; t; t = t->next_ended) {
		struct text out[TRIED_COLUMNS] = {0};

		put_end(post->record_arena, t, out);
		for (size_t c = 0, at = count; c < TRIED_COLUMNS; c++, at = count)
			*LIST_ADD(post->record_arena, columns[c], at) = out[c];
		count++;
	}
	for (size_t c = 0; c < TRIED_COLUMNS; c++)
		params[c] = param_array(post->record_arena, columns[c], count);
	store_work(post->jobs->store, post->record_arena, SQL_JOBS_TRIED, params, TRIED_COLUMNS,
		   on_recorded, post);
}

void transfer_ended(struct transfer *t)
{
	struct post *post = t->office->post;

	t->retry_ms = retry_ms(t);
	say_end(t);
	t->next_ended = post->unrecorded;
	post->unrecorded = t;
}

void post_record_again(void *post)
{
	post_record(post);
}
