/*
 * jobs.c - starts and stops what runs by itself, and what the workers share.
 *
 * Stopping asks every worker to begin nothing new, and is over when all calls have come back; the
 * leases are given back on the way, so that another daemon goes on at once.
 */
#include <event2/event.h>
#include <string.h>
#include <time.h>

#include "concordat/app/stream.h"
#include "internal.h"

int64_t jobs_monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

static void on_alarm(evutil_socket_t fd, short what, void *context)
{
	struct alarm *alarm = context;

	(void)fd;
	(void)what;
	alarm->at_us = 0;
	alarm->on_ring(alarm->context);
}

void alarm_open(struct alarm *alarm, struct jobs *jobs, void (*on_ring)(void *context),
		void *context)
{
	*alarm = (struct alarm){.on_ring = on_ring, .context = context};
	alarm->event = evtimer_new(jobs->base, on_alarm, alarm);
}

void alarm_set(struct alarm *alarm, int64_t in_us)
{
	int64_t at_us;

	if (in_us < 0)
		in_us = 0;
	at_us = jobs_monotonic_us() + in_us;
	if (alarm->at_us && alarm->at_us <= at_us)
		return;
	alarm->at_us = at_us;
	event_add(alarm->event, &(struct timeval){.tv_sec = in_us / US_PER_SECOND,
						  .tv_usec = in_us % US_PER_SECOND});
}

void alarm_clear(struct alarm *alarm)
{
	alarm->at_us = 0;
	event_del(alarm->event);
}

void alarm_close(struct alarm *alarm)
{
	event_free(alarm->event);
}

static void settle(struct jobs *jobs)
{
	if (jobs->stopping && !jobs->out && jobs->on_stopped)
		event_active(jobs->stopped, EV_TIMEOUT, 1);
}

void jobs_begin(struct jobs *jobs)
{
	jobs->out++;
}

void jobs_end(struct jobs *jobs)
{
	jobs->out--;
	settle(jobs);
}

void jobs_progress(struct jobs *jobs)
{
	if (jobs->rehearsal)
		rehearsal_wake(jobs->rehearsal);
}

/* In the order of their making also within one millisecond: twelve bits count, the rest is chance.
 */
static struct text next_id(struct arena *arena, int64_t now_us, size_t number)
{
	struct uuid chance = uuid_new(now_us);
	uint8_t random[10];

	memcpy(random, chance.bytes + 6, sizeof(random));
	random[0] = (uint8_t)(number >> 8 & 0x0f);
	random[1] = (uint8_t)number;
	return uuid_text(arena, uuid_make(now_us, random));
}

static struct text uuid_or_none(struct arena *arena, struct uuid id)
{
	return uuid_is_zero(id) ? TEXT_NONE : uuid_text(arena, id);
}

static void put_notice(struct arena *arena, const struct notice *notice,
		       struct text *const column[NOTICE_COLUMNS], size_t i)
{
	const struct message *message = &notice->message;

	column[NOTICE_PLACEMENT][i] = uuid_or_none(arena, notice->placement);
	column[NOTICE_RECIPIENT][i] = uuid_text(arena, notice->recipient);
	column[NOTICE_KIND][i] = text_of(message->kind);
	column[NOTICE_RULE_KIND][i] = text_of(notice->kind);
	column[NOTICE_LEAF][i] =
		notice->leaf_index == NO_INT
			? TEXT_NONE
			: text_printf(arena, "%lld", (long long)notice->leaf_index);
	column[NOTICE_IS_OWED][i] = notice->is_owed ? TEXT("t") : TEXT("f");
	column[NOTICE_SUBJECT][i] = message->subject;
	column[NOTICE_BODY][i] = message->body;
	column[NOTICE_HTML][i] = message->html;
	column[NOTICE_TEMPLATE][i] = text_of(message->template);
	column[NOTICE_VERSION][i] = text_printf(arena, "%lld", (long long)message->version);
	column[NOTICE_IMPORT][i] = uuid_or_none(arena, notice->import);
	column[NOTICE_SENDER][i] = uuid_or_none(arena, notice->sender);
	column[NOTICE_DOCUMENT][i] = notice->document;
}

void notices_to_params(struct jobs *jobs, struct arena *arena, const struct notice *notices,
		       size_t count, struct param params[NOTICE_COLUMNS])
{
	bool has_mail = jobs->config->smtp_url[0];
	int64_t now_us = app_now_us(jobs->app);
	struct text *column[NOTICE_COLUMNS];

	for (size_t c = 0; c < NOTICE_COLUMNS; c++)
		column[c] = arena_array(arena, struct text, count);
	for (size_t i = 0; i < count; i++) {
		put_notice(arena, &notices[i], column, i);
		column[NOTICE_ID][i] = next_id(arena, now_us, i);
		column[NOTICE_BY_MAIL][i] = notices[i].by_mail && has_mail ? TEXT("t") : TEXT("f");
	}
	for (size_t c = 0; c < NOTICE_COLUMNS; c++)
		params[c] = param_array(arena, column[c], count);
}

void next_hours(int64_t real_us, int64_t hours_us[24])
{
	int32_t day = london_day(real_us);

	for (int32_t hour = 0; hour < 24; hour++) {
		hours_us[hour] = london_instant(day, hour, 0);
		if (hours_us[hour] <= real_us)
			hours_us[hour] = london_instant(day + 1, hour, 0);
	}
}

void digest_to_params(struct jobs *jobs, struct arena *arena, struct param params[2])
{
	struct text *instants = arena_array(arena, struct text, 24);
	int64_t hours_us[24];
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now); /* of a rehearsal too: e-mails go in real time */
	next_hours((int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000 -
			   store_clock_offset_us(jobs->store),
		   hours_us);
	for (size_t hour = 0; hour < 24; hour++)
		instants[hour] = instant_text(arena, hours_us[hour]);
	params[0] = param_array(arena, instants, 24);
	params[1] = param_int(arena, jobs->config->digest_hour);
}

static void on_hint(void *context)
{
	struct jobs *jobs = context;

	app_streams_look(jobs->app);
	if (!jobs->running)
		return;
	clock_poke(jobs->clock);
	teller_poke(jobs->teller);
	sealer_poke(jobs->sealer);
	post_poke(jobs->post);
}

static void on_stopped(evutil_socket_t fd, short what, void *context)
{
	struct jobs *jobs = context;
	void (*told)(void *told_context) = jobs->on_stopped;

	(void)fd;
	(void)what;
	jobs->on_stopped = NULL;
	if (told)
		told(jobs->stopped_context); /* may free the jobs */
}

struct jobs *jobs_new(struct event_base *base, struct app *app, struct arena *arena,
		      struct text *why)
{
	struct jobs *jobs = arena_make(arena, struct jobs);

	jobs->base = base;
	jobs->app = app;
	jobs->store = app_store(app);
	jobs->config = app_config(app);
	jobs->arena = arena;
	jobs->holder = uuid_new(app_now_us(app));
	jobs->stopped = evtimer_new(base, on_stopped, jobs);
	clock_open(jobs);
	teller_open(jobs);
	watch_open(jobs);
	uplift_open(jobs);
	homes_open(jobs);
	if (!sealer_open(jobs, why) || !post_open(jobs, why)) {
		jobs_free(jobs);
		return NULL;
	}
	return jobs;
}

void jobs_start(struct jobs *jobs)
{
	if (jobs->running)
		return;
	jobs->running = true;
	store_on_hint(jobs->store, on_hint, jobs);
	clock_poke(jobs->clock);
	teller_poke(jobs->teller);
	sealer_start(jobs->sealer);
	watch_start(jobs->watch);
	uplift_poke(jobs->uplift);
	homes_poke(jobs->homes);
	post_poke(jobs->post);
}

bool jobs_reload(struct jobs *jobs, struct text *why)
{
	return sealer_reload(jobs->sealer, why);
}

void jobs_stop(struct jobs *jobs, void (*on_done)(void *context), void *context)
{
	jobs->running = false;
	jobs->stopping = true;
	jobs->on_stopped = on_done;
	jobs->stopped_context = context;
	clock_stop(jobs->clock);
	teller_stop(jobs->teller);
	sealer_stop(jobs->sealer);
	watch_stop(jobs->watch);
	uplift_stop(jobs->uplift);
	homes_stop(jobs->homes);
	post_stop(jobs->post);
	settle(jobs);
}

void jobs_free(struct jobs *jobs)
{
	store_on_hint(jobs->store, NULL, NULL);
	if (jobs->rehearsal)
		rehearsal_close(jobs->rehearsal);
	clock_close(jobs->clock);
	teller_close(jobs->teller);
	if (jobs->sealer)
		sealer_close(jobs->sealer);
	watch_close(jobs->watch);
	uplift_close(jobs->uplift);
	homes_close(jobs->homes);
	if (jobs->post)
		post_close(jobs->post);
	event_free(jobs->stopped);
}
