/*
 * export.c - `concordatd export`: the log of an authority as JSON Lines, to a file or to standard
 * output.
 *
 * A file is written beside its place and put there once it is whole.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "concordat/app/verify.h"

#include "command.h"

static bool put(void *context, struct text lines)
{
	return fwrite(lines.at, 1, lines.len, context) == lines.len;
}

static int export_to(const struct command_line *line, struct uuid authority, FILE *file,
		     const char *name)
{
	struct log_exported written;
	struct text why;

	errno = 0;
	if (!log_export(line->config, line->arena, authority, put, file, &written, &why))
		return command_failed(why);
	if (fflush(file) != 0 || (file != stdout && fsync(fileno(file)) != 0))
		return command_failed(text_printf(line->arena, "%s cannot be written: %s.", name,
						  strerror(errno)));
	fprintf(stderr,
		"%lld entries under %lld checkpoints. To check it: concordat verify FILE "
		"--key KEYS\n",
		(long long)written.facts, (long long)written.checkpoints);
	if (written.left_out)
		fprintf(stderr,
			"%lld entries more are left out: they are not sealed yet. Export again "
			"later to have them.\n",
			(long long)written.left_out);
	return 0;
}

static int export_file(const struct command_line *line, struct uuid authority, const char *path)
{
	struct text beside = text_printf(line->arena, "%s.part", path);
	FILE *file = fopen(beside.at, "we");
	int code;

	if (!file)
		return command_failed(text_printf(line->arena, "%.*s cannot be written: %s.",
						  TEXT_FMT(beside), strerror(errno)));
	code = export_to(line, authority, file, beside.at);
	if (fclose(file) != 0 && !code)
		code = command_failed(text_printf(line->arena, "%.*s cannot be written: %s.",
						  TEXT_FMT(beside), strerror(errno)));
	if (!code && rename(beside.at, path) != 0)
		code = command_failed(text_printf(line->arena, "%s cannot be written: %s.", path,
						  strerror(errno)));
	if (code)
		unlink(beside.at);
	return code;
}

int command_export(const struct command_line *line)
{
	const char *id = command_option(line, "authority"), *out = command_option(line, "out");
	struct uuid authority;

	if (!id || !uuid_parse(text_of(id), &authority)) {
		command_failed(TEXT("Say whose log: export --authority ID [--out FILE]."));
		return 2;
	}
	return out ? export_file(line, authority, out)
		   : export_to(line, authority, stdout, "Standard output");
}
