/*
 * erasure_list.c - the list of people who were erased: a line each, only ever added to.
 *
 * "authority person instant", by their ids. A last line without its end was cut off while it was
 * written, so nothing was erased by it, and the next goes in its place; any other line that cannot
 * be read stops whoever reads, for somebody may stand in it who must not come back.
 */
#include "record/erasure_list.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "concordat/core/calendar.h"

#define LIST_NAME "erasures"
#define ID_LEN 36

static bool line_parse(struct text line, struct erasure_line *out)
{
	return line.len > 2 * ID_LEN + 2 && line.at[ID_LEN] == ' ' &&
	       line.at[2 * ID_LEN + 1] == ' ' &&
	       uuid_parse((struct text){line.at, ID_LEN}, &out->authority) &&
	       uuid_parse((struct text){line.at + ID_LEN + 1, ID_LEN}, &out->person);
}

/* *whole: the bytes up to the end of the last whole line. */
static bool lines_parse(struct arena *arena, struct text bytes, struct erasure_list *out,
			size_t *whole, struct text *why)
{
	const char *at = bytes.at, *end = bytes.at + bytes.len, *stop;
	struct erasure_line line;

	while (at < end && (stop = memchr(at, '\n', (size_t)(end - at)))) {
		if (!line_parse((struct text){at, (size_t)(stop - at)}, &line)) {
			*why = text_printf(arena,
					   "Line %zu of the list of erasures cannot be read. Put "
					   "the list in log_dir right from its copy: whoever "
					   "stands in it must stay erased.",
					   out->count + 1);
			return false;
		}
		*LIST_ADD(arena, out->lines, out->count) = line;
		at = stop + 1;
	}
	*whole = (size_t)(at - bytes.at);
	return true;
}

static bool read_whole(int fd, struct arena *arena, struct text *out)
{
	struct stat status;
	size_t len = 0;
	ssize_t got = 1;
	char *bytes;

	if (fstat(fd, &status) != 0)
		return false;
	bytes = arena_alloc(arena, (size_t)status.st_size + 1);
	while (len < (size_t)status.st_size && got) {
		got = read(fd, bytes + len, (size_t)status.st_size - len);
		if (got < 0 && errno != EINTR)
			return false;
		len += got > 0 ? (size_t)got : 0;
	}
	*out = (struct text){bytes, len};
	return true;
}

static struct text list_path(const struct config *config, struct arena *arena)
{
	return text_printf(arena, "%s/" LIST_NAME, config->log_dir);
}

static bool fault(const struct config *config, struct arena *arena, const char *what,
		  struct text *why)
{
	*why = text_printf(arena, "The list of erasures %.*s cannot be %s: %s.",
			   TEXT_FMT(list_path(config, arena)), what, strerror(errno));
	return false;
}

bool erasure_list_open(const struct config *config, struct arena *arena, bool for_writing,
		       struct erasure_list *out, struct text *why)
{
	struct text bytes;
	size_t whole;
	int fd;

	*out = (struct erasure_list){.fd = -1};
	if (!config->log_dir[0])
		return true;
	fd = open(list_path(config, arena).at,
		  for_writing ? O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC : O_RDONLY | O_CLOEXEC,
		  0640);
	if (fd < 0 && errno == ENOENT && !for_writing)
		return true;
	if (fd < 0)
		return fault(config, arena, "opened", why);
	out->fd = fd;
	if (for_writing && flock(fd, LOCK_EX | LOCK_NB) != 0) {
		erasure_list_close(out);
		*why = TEXT("Another command is at work on a person's record. Try again once it "
			    "has ended.");
		return false;
	}
	if (!read_whole(fd, arena, &bytes)) {
		erasure_list_close(out);
		return fault(config, arena, "read", why);
	}
	if (!lines_parse(arena, bytes, out, &whole, why) ||
	    (for_writing && whole < bytes.len && ftruncate(fd, (off_t)whole) != 0 &&
	     !fault(config, arena, "written", why))) {
		erasure_list_close(out);
		return false;
	}
	return true;
}

bool erasure_list_has(const struct erasure_list *list, struct uuid authority, struct uuid person)
{
	for (size_t i = 0; i < list->count; i++)
		if (uuid_eq(list->lines[i].authority, authority) &&
		    uuid_eq(list->lines[i].person, person))
			return true;
	return false;
}

bool erasure_list_add(struct erasure_list *list, const struct config *config, struct arena *arena,
		      struct uuid authority, struct uuid person, int64_t at_us, struct text *why)
{
	struct text first = uuid_text(arena, authority), second = uuid_text(arena, person),
		    at = instant_text(arena, at_us);
	struct text line = text_printf(arena, "%.*s %.*s %.*s\n", TEXT_FMT(first), TEXT_FMT(second),
				       TEXT_FMT(at));
	int folder = open(config->log_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done;

	done = folder >= 0 && write(list->fd, line.at, line.len) == (ssize_t)line.len &&
	       fsync(list->fd) == 0 && fsync(folder) == 0;
	if (!done)
		fault(config, arena, "written", why);
	if (folder >= 0)
		close(folder);
	if (done)
		*LIST_ADD(arena, list->lines, list->count) =
			(struct erasure_line){authority, person};
	return done;
}

void erasure_list_close(struct erasure_list *list)
{
	if (list->fd >= 0)
		close(list->fd);
	list->fd = -1;
}
