/*
 * filing.c - a thread that writes a turn's checkpoints.
 *
 * Waiting for the disk is the one thing here that libevent cannot do for us, and a turn may have a
 * checkpoint for each authority. The thread knows the files it was given and nothing else, and says
 * that it is done through an eventfd.
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
	const struct to_file *files;
	size_t count, failed;
	bool threaded;
	pthread_t thread;
	int done;	     /* an eventfd, while a thread writes */
	struct event *event; /* NULL: nothing is being written */
	void (*on_filed)(size_t failed, void *context);
	void *context;
};

static void write_files(struct filing *filing)
{
	for (size_t i = 0; i < filing->count; i++)
		filing->failed +=
			!log_file_write(filing->dir, filing->files[i].name, filing->files[i].bytes);
	/* a name that comes back as it was after a power cut is an older checkpoint: no harm */
	filing->failed += !log_dir_sync(filing->dir);
}

static void *in_thread(void *context)
{
	struct filing *filing = context;
	const uint64_t one = 1;

	write_files(filing);
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
	filing->on_filed(filing->failed, filing->context);
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
			   void (*on_filed)(size_t failed, void *context), void *context)
{
	struct filing *filing = arena_make(jobs->arena, struct filing);

	*filing =
		(struct filing){.jobs = jobs, .dir = dir, .on_filed = on_filed, .context = context};
	return filing;
}

void filing_start(struct filing *filing, const struct to_file *files, size_t count)
{
	filing->files = files;
	filing->count = count;
	filing->failed = 0;
	filing->done = eventfd(0, EFD_CLOEXEC);
	filing->threaded = filing->done >= 0 && begin_thread(filing);
	filing->event = event_new(filing->jobs->base, filing->threaded ? filing->done : -1,
				  filing->threaded ? EV_READ : 0, on_done, filing);
	if (filing->threaded) {
		event_add(filing->event, NULL);
		return;
	}
	/* short of memory or descriptors: rather here than not at all */
	write_files(filing);
	event_active(filing->event, 0, 0);
}

void filing_close(struct filing *filing)
{
	if (filing->event)
		finish(filing);
}
