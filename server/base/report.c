/*
 * report.c - log lines, one JSON object a line on standard error.
 *
 * A line is built on the stack and written by one write(2), at most PIPE_BUF
 * long so that lines of several processes do not mix. It uses no arena and no
 * stdio: the report of being out of memory must still get out. A line that
 * cannot be written is counted and dropped; the service goes on.
 */
#include "concordat/base/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "concordat/base/text.h"

#define LINE_MOST 4096
#define LINE_TAIL 8 /* kept back for what closes the line */
#define EXIT_FATAL 70

static const char *const level_names[] = {"debug", "info", "warning", "error"};

static _Atomic int least_level = REPORT_INFO;
static atomic_ulong dropped;
static atomic_bool torn; /* the last line was written in part, and has no end */

struct line {
	char at[LINE_MOST];
	size_t len;
};

static bool line_put(struct line *line, const char *bytes, size_t size)
{
	if (line->len + size > sizeof(line->at) - LINE_TAIL)
		return false;
	memcpy(line->at + line->len, bytes, size);
	line->len += size;
	return true;
}

/* One character of a JSON string; returns the bytes of the value it stands for. */
static size_t put_character(struct line *line, const unsigned char *p, bool utf8)
{
	char escape[8];
	size_t size = 1;
	bool fits;

	if (*p == '"' || *p == '\\') {
		escape[0] = '\\';
		escape[1] = (char)*p;
		fits = line_put(line, escape, 2);
	} else if (*p < 0x20 || *p == 0x7f || (*p >= 0x80 && !utf8)) {
		snprintf(escape, sizeof(escape), "\\u%04x", *p);
		fits = line_put(line, escape, 6);
	} else {
		size = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
		fits = line_put(line, (const char *)p, size);
	}
	return fits ? size : 0;
}

/* A pair that does not fit is cut short between characters; one whose name does not, left out. */
static void put_pair(struct line *line, const char *name, const char *value)
{
	const unsigned char *p = (const unsigned char *)value;
	bool utf8 = text_is_utf8(text_of(value));
	size_t start = line->len;

	if (!line_put(line, line->len > 1 ? ",\"" : "\"", line->len > 1 ? 2 : 1) ||
	    !line_put(line, name, strlen(name)) || !line_put(line, "\":\"", 3)) {
		line->len = start;
		return;
	}
	while (*p) {
		size_t size = put_character(line, p, utf8);

		if (!size)
			break;
		p += size;
	}
	/* From the tail, so that a string is always closed; what comes after no longer fits. */
	line->at[line->len++] = '"';
}

static void put_time(struct line *line)
{
	struct timespec now;
	struct tm utc;
	char stamp[64];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	snprintf(stamp, sizeof(stamp), "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ", utc.tm_year + 1900,
		 utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
		 now.tv_nsec / 1000000);
	put_pair(line, "time", stamp);
}

static void line_start(struct line *line, enum report_level level, const char *room,
		       const char *message)
{
	line->at[0] = '{';
	line->len = 1;
	put_time(line);
	put_pair(line, "level", level_names[level]);
	put_pair(line, "room", room);
	put_pair(line, "message", message);
}

static void line_write(struct line *line)
{
	static const char end = '\n';
	int before = errno;
	ssize_t written;

	line->at[line->len++] = '}';
	line->at[line->len++] = '\n';
	/* A line cut short, as by a full disk, is ended before the next. */
	if (atomic_load(&torn) && write(STDERR_FILENO, &end, 1) == 1)
		atomic_store(&torn, false);
	do
		written = write(STDERR_FILENO, line->at, line->len);
	while (written < 0 && errno == EINTR);
	if (written != (ssize_t)line->len)
		atomic_fetch_add(&dropped, 1);
	if (written > 0 && written != (ssize_t)line->len)
		atomic_store(&torn, true);
	errno = before;
}

void report_set_level(enum report_level least)
{
	least_level = (int)least;
}

bool report_is_on(enum report_level level)
{
	return (int)level >= least_level;
}

bool report_level_parse(const char *name, enum report_level *out)
{
	for (int i = REPORT_DEBUG; i <= REPORT_ERROR; i++) {
		if (strcmp(name, level_names[i]) == 0) {
			*out = (enum report_level)i;
			return true;
		}
	}
	return false;
}

void report(enum report_level level, const char *room, const char *message, ...)
{
	struct line line;
	va_list pairs;
	const char *name, *value;

	if (!report_is_on(level))
		return;
	line_start(&line, level, room, message);
	va_start(pairs, message);
	while ((name = va_arg(pairs, const char *))) {
		value = va_arg(pairs, const char *);
		if (value)
			put_pair(&line, name, value);
	}
	va_end(pairs);
	line_write(&line);
}

void report_fatal(const char *room, const char *message)
{
	struct line line;

	line_start(&line, REPORT_ERROR, room, message);
	line_write(&line);
	/* Not exit(): handlers would run on a state we no longer trust. */
	_exit(EXIT_FATAL);
}

unsigned long report_dropped(void)
{
	return atomic_load(&dropped);
}
