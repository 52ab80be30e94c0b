/*
 * jobs.c - starts and stops what runs by itself.
 *
 * Stopping asks every worker to begin nothing new, and is over when all calls have come back; the
 * leases are given back on the way, so that another daemon goes on at once.
 */
#include <event2/event.h>

#include "concordat/app/stream.h"
#include "internal.h"

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
	jobs_settle(jobs);
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
