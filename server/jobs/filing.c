/*
 * filing.c - a thread that writes a turn's checkpoints.
 *
 * Waiting for the disk is the one thing here that libevent cannot do for us. The thread knows the
 * bytes it was given and nothing else, and says that it is done through an eventfd.
 */
#include "filing.h"

#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "concordat/app/log.h"
#include "concordat/base/report.h"

struct filing {
	struct jobs *jobs;
	const char *dir;
	struct text bytes;
	bool written, threaded;
	pthread_t thread;
	int done;	     /* an eventfd, while a thread writes */
	struct event *event; /* NULL: nothing is being written */
	void (*on_filed)(bool written, void *context);
	void *context;
};

static void *in_thread(void *context)
{
	struct filing *filing = context;
	const uint64_t one = 1;

	filing->written = log_filed_write(filing->dir, filing->bytes);
	while (write(filing->done, &one, sizeof(one)) < 0)
		;
	return NULL;
}

static void finish(struct filing *filing)
{
	if (filing->threaded)
		pthread_join(filing->thread, NULL);
	filing->threaded = false;
	event_free(filing->event);
	filing->event = NULL;
	if (filing->done >= 0)
		close(filing->done);
}

static void on_done(evutil_socket_t fd, short what, void *context)
{
	struct filing *filing = context;

	(void)fd;
	(void)what;
	finish(filing);
	filing->on_filed(filing->written, filing->context);
}

/* Signals are the loop's. */
static bool begin_thread(struct filing *filing)
{
	sigset_t all, before;
	bool begun;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	begun = pthread_create(&filing->thread, NULL, in_thread, filing) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return begun;
}

struct filing *filing_open(struct jobs *jobs, const char *dir,
			   void (*on_filed)(bool written, void *context), void *context)
{
	struct filing *filing = arena_make(jobs->arena, struct filing);

	*filing =
		(struct filing){.jobs = jobs, .dir = dir, .on_filed = on_filed, .context = context};
	return filing;
}

void filing_start(struct filing *filing, struct text bytes)
{
	filing->bytes = bytes;
	filing->done = eventfd(0, EFD_CLOEXEC);
	filing->threaded = filing->done >= 0 && begin_thread(filing);
	filing->event = event_new(filing->jobs->base, filing->threaded ? filing->done : -1,
				  filing->threaded ? EV_READ : 0, on_done, filing);
	if (filing->threaded) {
		event_add(filing->event, NULL);
		return;
	}
	/* short of memory or descriptors: rather here than not at all */
	filing->written = log_filed_write(filing->dir, bytes);
	event_active(filing->event, 0, 0);
}

void filing_close(struct filing *filing)
{
	if (filing->event)
		finish(filing);
}
