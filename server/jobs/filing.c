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
	const char *dir;
	const struct to_file *files;
	size_t count, failed;
	bool running;
	pthread_t thread;
	int done; /* an eventfd */
	struct event *event;
	void (*on_filed)(size_t failed, void *context);
	void *context;
};

static void *write_files(void *context)
{
	struct filing *filing = context;
	const uint64_t one = 1;
	ssize_t put;

	for (size_t i = 0; i < filing->count; i++)
		filing->failed +=
			!log_file_write(filing->dir, filing->files[i].name, filing->files[i].bytes);
	/* a name that comes back as it was after a power cut is an older checkpoint: no harm */
	filing->failed += !log_dir_sync(filing->dir);
	do
		put = write(filing->done, &one, sizeof(one));
	while (put < 0);
	return NULL;
}

static void on_done(evutil_socket_t fd, short what, void *context)
{
	struct filing *filing = context;
	uint64_t ones;

	(void)what;
	if (read(fd, &ones, sizeof(ones)) != sizeof(ones))
		return;
	if (filing->running)
		pthread_join(filing->thread, NULL);
	filing->running = false;
	filing->on_filed(filing->failed, filing->context);
}

struct filing *filing_open(struct jobs *jobs, const char *dir,
			   void (*on_filed)(size_t failed, void *context), void *context)
{
	struct filing *filing = arena_make(jobs->arena, struct filing);

	*filing = (struct filing){.dir = dir, .on_filed = on_filed, .context = context};
	if (pipe2(filing->done, O_CLOEXEC) != 0)
		report_fatal("jobs", "No pipe could be made");
	filing->event =
		event_new(jobs->base, filing->done[0], EV_READ | EV_PERSIST, on_done, filing);
	return filing;
}

void filing_start(struct filing *filing, const struct to_file *files, size_t count)
{
	sigset_t all, before;

	filing->files = files;
	filing->count = count;
	filing->failed = 0;
	/* signals are the loop's */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	filing->running = pthread_create(&filing->thread, NULL, write_files, filing) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	event_add(filing->event, NULL);
	if (!filing->running)
		write_files(filing); /* short of memory: rather late than not at all */
}

void filing_close(struct filing *filing)
{
	if (filing->running)
		pthread_join(filing->thread, NULL);
	event_free(filing->event);
	close(filing->done);
}
