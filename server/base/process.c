/*
 * process.c - what the kernel says of this process: memory, processor, open files, start.
 *
 * Read from /proc when the page is written and at no other time. What cannot be read stays as it
 * was.
 */
#include "process.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "concordat/base/report.h"

#define US_PER_SECOND INT64_C(1000000)

enum {
	BUILD_INFO,
	LINES_DROPPED,
	CPU_SECONDS,
	RESIDENT_BYTES,
	VIRTUAL_BYTES,
	OPEN_FDS,
	MAX_FDS,
	START_TIME
};

static const char *const versions[] = {CONCORDAT_VERSION, NULL};

static struct figure figures[] = {
	[BUILD_INFO] = {FIGURE_GAUGE, "concordat_build_info", "Always 1; which version runs.",
			.labels = {{"version", versions}}, FIGURE_CELLS(1)},
	[LINES_DROPPED] = {FIGURE_COUNTER, "concordat_log_lines_dropped_total",
			   "Log lines that could not be written.", FIGURE_CELLS(1)},
	[CPU_SECONDS] = {FIGURE_COUNTER, "process_cpu_seconds_total",
			 "User and system time spent in seconds.", FIGURE_MICROSECONDS,
			 FIGURE_CELLS(1)},
	[RESIDENT_BYTES] = {FIGURE_GAUGE, "process_resident_memory_bytes",
			    "Resident memory in bytes.", FIGURE_CELLS(1)},
	[VIRTUAL_BYTES] = {FIGURE_GAUGE, "process_virtual_memory_bytes", "Virtual memory in bytes.",
			   FIGURE_CELLS(1)},
	[OPEN_FDS] = {FIGURE_GAUGE, "process_open_fds", "Open file descriptors.", FIGURE_CELLS(1)},
	[MAX_FDS] = {FIGURE_GAUGE, "process_max_fds", "Most open file descriptors.",
		     FIGURE_CELLS(1)},
	[START_TIME] = {FIGURE_GAUGE, "process_start_time_seconds",
			"When the process started, in seconds since 1970.", FIGURE_MICROSECONDS,
			FIGURE_CELLS(1)},
};

static void look_at_memory(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long long pages, resident;

	if (!file)
		return;
	if (fscanf(file, "%lld %lld", &pages, &resident) == 2) {
		figure_set(&figures[VIRTUAL_BYTES], 0, pages * sysconf(_SC_PAGESIZE));
		figure_set(&figures[RESIDENT_BYTES], 0, resident * sysconf(_SC_PAGESIZE));
	}
	fclose(file);
}

static void look_at_files(void)
{
	DIR *folder = opendir("/proc/self/fd");
	struct rlimit limit;
	int64_t open = -3; /* the folder itself, and . and .. */

	if (folder) {
		while (readdir(folder))
			open++;
		closedir(folder);
		figure_set(&figures[OPEN_FDS], 0, open);
	}
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		figure_set(&figures[MAX_FDS], 0, (int64_t)limit.rlim_cur);
}

static void look_at_time(void)
{
	struct rusage used;

	if (getrusage(RUSAGE_SELF, &used) == 0)
		figure_set(&figures[CPU_SECONDS], 0,
			   (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * US_PER_SECOND +
				   used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

/* The kernel counts ticks since the machine was started. */
static void look_at_start(void)
{
	FILE *file = fopen("/proc/self/stat", "re");
	struct timespec wall, up;
	char line[1024];
	const char *after;
	long long ticks;

	if (!file)
		return;
	/* The second field is the program's name, which may hold anything, also a bracket. */
	after = fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
	fclose(file);
	if (!after || sscanf(after,
			     ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d "
			     "%*d %*d %*d %lld",
			     &ticks) != 1)
		return;
	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_BOOTTIME, &up);
	figure_set(&figures[START_TIME], 0,
		   (wall.tv_sec - up.tv_sec) * US_PER_SECOND + (wall.tv_nsec - up.tv_nsec) / 1000 +
			   ticks * (US_PER_SECOND / sysconf(_SC_CLK_TCK)));
}

static void look(void *context)
{
	(void)context;
	figure_set(&figures[BUILD_INFO], 0, 1);
	figure_set(&figures[LINES_DROPPED], 0, (int64_t)report_dropped());
	look_at_memory();
	look_at_files();
	look_at_time();
	if (!figures[START_TIME].values[0])
		look_at_start();
}

struct figure_table process_figures = {figures, FIGURE_COUNT_OF(figures), look, NULL, NULL};
