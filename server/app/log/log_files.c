/*
 * log_files.c - what the log keeps in files: its private key, and checkpoints out of the database's
 * reach.
 *
 * A file is replaced as a whole: written beside, brought to the disk, and renamed.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "concordat/app/log.h"

#define FILE_MOST (16 << 20)

static bool read_all(struct arena *arena, int fd, struct text *out)
{
	struct stat status;
	char *bytes;
	size_t len = 0;
	ssize_t got = 1;

	if (fstat(fd, &status) != 0)
		return false;
	errno = EFBIG;
	if (status.st_size > FILE_MOST)
		return false;
	/* one more than there is: a file is replaced and never grows, and that shows it */
	bytes = arena_alloc(arena, (size_t)status.st_size + 1);
	while (len <= (size_t)status.st_size && got) {
		got = read(fd, bytes + len, (size_t)status.st_size + 1 - len);
		if (got < 0 && errno != EINTR)
			return false;
		len += got > 0 ? (size_t)got : 0;
	}
	*out = (struct text){bytes, len};
	return len <= (size_t)status.st_size;
}

bool log_file_read(struct arena *arena, const char *path, struct text *out, bool *there)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool whole;

	*there = fd >= 0;
	if (fd < 0)
		return errno == ENOENT;
	whole = read_all(arena, fd, out);
	close(fd);
	return whole;
}

bool log_key_read(struct arena *arena, const char *path, struct signing_key *out, struct text *why)
{
	struct text pem;
	struct stat status;
	const char *flaw;
	bool there, sound;

	if (!log_file_read(arena, path, &pem, &there) || !there || stat(path, &status) != 0) {
		*why = text_printf(arena,
				   "The log's key %s cannot be read. Make one with concordatd "
				   "log-key, or put it back from where it is kept.",
				   path);
		return false;
	}
	if (status.st_mode & S_IRWXO) {
		*why = text_printf(arena,
				   "The log's key %s is open to everybody. Close it with chmod o=, "
				   "and make a new one with concordatd log-key.",
				   path);
		return false;
	}
	sound = signing_key_parse(pem, out, &flaw);
	OPENSSL_cleanse((char *)pem.at, pem.len);
	if (!sound)
		*why = text_printf(arena,
				   "The log's key %s is no Ed25519 key in PEM form: %s. Make one "
				   "with concordatd log-key.",
				   path, flaw);
	return sound;
}

bool log_dir_is_usable(const char *dir, struct arena *arena, struct text *why)
{
	struct stat status;

	if (stat(dir, &status) == 0 && S_ISDIR(status.st_mode) &&
	    access(dir, R_OK | W_OK | X_OK) == 0)
		return true;
	*why = text_printf(arena,
			   "log_dir %s is no folder that this service may read and write. Make it, "
			   "and give it to the service's user.",
			   dir);
	return false;
}

static bool write_all(int fd, struct text bytes)
{
	while (bytes.len) {
		ssize_t put = write(fd, bytes.at, bytes.len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		bytes.at += put;
		bytes.len -= (size_t)put;
	}
	return fsync(fd) == 0;
}

bool log_file_write(const char *dir, const char *name, struct text bytes)
{
	char beside[96];
	int folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1;
	bool done = false;

	/* two daemons may share the folder */
	snprintf(beside, sizeof(beside), ".%s.%ld", name, (long)getpid());
	if (folder >= 0)
		fd = openat(folder, beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd >= 0) {
		done = write_all(fd, bytes);
		done = close(fd) == 0 && done;
		done = done && renameat(folder, beside, folder, name) == 0 && fsync(folder) == 0;
	}
	if (fd >= 0 && !done)
		unlinkat(folder, beside, 0);
	if (folder >= 0)
		close(folder);
	return done;
}
