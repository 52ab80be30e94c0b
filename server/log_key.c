/*
 * log_key.c - commands for the keys that sign the logs, and for a log that cannot go on.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "concordat/app/log.h"

#include "command.h"

/* The whole of it or no file. */
static bool write_new(const char *path, struct text bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool done;

	if (fd < 0)
		return false;
	done = write(fd, bytes.at, bytes.len) == (ssize_t)bytes.len && fsync(fd) == 0;
	if (close(fd) != 0 || !done) {
		unlink(path);
		return false;
	}
	return true;
}

int command_log_key(const struct command_line *line)
{
	struct signing_key key;
	struct text pem;
	struct digest fingerprint;
	bool written;

	if (line->count != 1) {
		command_failed(TEXT("Name the file: log-key FILE."));
		return 2;
	}
	pem = signing_key_new(line->arena, &key);
	errno = 0;
	written = write_new(line->words[0], pem);
	fingerprint = sha256((struct text){(const char *)key.public_key, sizeof(key.public_key)},
			     TEXT_NONE, TEXT_NONE);
	OPENSSL_cleanse((char *)pem.at, pem.len);
	OPENSSL_cleanse(&key, sizeof(key));
	if (!written)
		return command_failed(
			errno == EEXIST
				? text_printf(
					  line->arena,
					  "%s is there already. A key is not written over: give "
					  "another name.",
					  line->words[0])
				: text_printf(line->arena, "%s cannot be written: %s.",
					      line->words[0], strerror(errno)));
	printf("%s\nSHA-256 of the public key: %.*s\n", line->words[0],
	       TEXT_FMT(text_hex(line->arena, fingerprint.bytes, sizeof(fingerprint.bytes))));
	return 0;
}

static bool authority_named(const struct command_line *line, struct uuid *authority)
{
	const char *id = command_option(line, "authority");

	if (id && uuid_parse(text_of(id), authority))
		return true;
	command_failed(TEXT("Say whose log: --authority ID."));
	return false;
}

int command_log_keys(const struct command_line *line)
{
	struct uuid authority;
	struct text keys, why;

	if (!authority_named(line, &authority))
		return 2;
	if (!log_keys_print(line->config, line->arena, authority, &keys, &why))
		return command_failed(why);
	printf("%.*s", TEXT_FMT(keys));
	return 0;
}

int command_log_restart(const struct command_line *line)
{
	const char *reason = command_option(line, "reason");
	struct uuid authority;
	struct text said, why;

	if (!authority_named(line, &authority))
		return 2;
	if (!reason || !*reason) {
		command_failed(TEXT("Say why, for those who hold the old log's checkpoints: "
				    "--reason TEXT."));
		return 2;
	}
	if (!log_restart(line->config, line->arena, authority, text_of(reason), &said, &why))
		return command_failed(why);
	printf("%.*s\n", TEXT_FMT(said));
	return 0;
}
