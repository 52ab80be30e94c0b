/*
 * keys.c - the master key, which wraps the keys of persons: read from its file once, and forgotten
 * at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

/* Reads the file's text; *why on a fault. */
static bool key_file_read(struct arena *arena, const char *path, char *buffer, size_t room,
			  size_t *len, struct text *why)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	ssize_t got;

	if (file < 0 || fstat(file, &status) != 0) {
		*why = text_printf(arena, "The master key file %s cannot be read: %s.", path,
				   strerror(errno));
		if (file >= 0)
			close(file);
		return false;
	}
	if (status.st_mode & S_IRWXO) {
		close(file);
		*why = text_printf(
			arena,
			"The master key file %s is open to everybody. Close it with: chmod o= %s",
			path, path);
		return false;
	}
	got = read(file, buffer, room);
	close(file);
	if (got < 0) {
		*why = text_printf(arena, "The master key file %s cannot be read: %s.", path,
				   strerror(errno));
		return false;
	}
	*len = (size_t)got;
	return true;
}

static bool master_key_load(struct app *app, struct arena *arena, struct text *why)
{
	const char *path = app->config->master_key_file;
	char buffer[80];
	size_t len;
	bool sound;

	if (!path || !*path) {
		*why = TEXT("master_key_file is not set. Make a key with: (umask 077; openssl rand "
			    "-hex 32 >FILE) and name the file.");
		return false;
	}
	if (!key_file_read(arena, path, buffer, sizeof(buffer), &len, why))
		return false;
	while (len > 0 && (buffer[len - 1] == '\n' || buffer[len - 1] == '\r'))
		len--;
	sound = text_unhex((struct text){buffer, len}, app->master, sizeof(app->master));
	OPENSSL_cleanse(buffer, sizeof(buffer));
	if (!sound)
		*why = text_printf(
			arena,
			"The master key file %s must hold 64 hexadecimal digits and nothing else.",
			path);
	return sound;
}

bool keys_open(struct app *app, struct arena *arena, struct text *why)
{
	if (master_key_load(app, arena, why) && personal_start(app, why))
		return true;
	OPENSSL_cleanse(app->master, sizeof(app->master));
	return false;
}

void keys_close(struct app *app)
{
	personal_stop(app);
	OPENSSL_cleanse(app->master, sizeof(app->master));
}
