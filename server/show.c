/*
 * show.c - commands that print what the tables hold: protocol, settings, OpenAPI, configuration.
 */
#include <stdio.h>
#include <string.h>

#include "concordat/core/protocol.h"
#include "concordat/http/api.h"
#include "concordat/wire/document.h"

#include "command.h"

const char *command_option(const struct command_line *line, const char *name)
{
	size_t len = strlen(name);

	for (int i = 0; i < line->count; i++) {
		const char *word = line->words[i];

		if (strncmp(word, "--", 2) || strncmp(word + 2, name, len))
			continue;
		if (word[2 + len] == '=')
			return word + 3 + len;
		if (!word[2 + len] && i + 1 < line->count)
			return line->words[i + 1];
	}
	return NULL;
}

bool command_flag(const struct command_line *line, const char *name)
{
	for (int i = 0; i < line->count; i++)
		if (!strncmp(line->words[i], "--", 2) && !strcmp(line->words[i] + 2, name))
			return true;
	return false;
}

int command_failed(struct text why)
{
	fprintf(stderr, "concordatd: %.*s\n", TEXT_FMT(why));
	return 1;
}

static int print(struct text text)
{
	fwrite(text.at, 1, text.len, stdout);
	if (!text.len || text.at[text.len - 1] != '\n')
		putchar('\n');
	return fflush(stdout) || ferror(stdout)
		       ? command_failed(TEXT("Standard output could not be written."))
		       : 0;
}

/* NULL: it has been said what is wrong with it, each flaw with its pointer. */
static const struct protocol *read_protocol(struct arena *arena, const char *path)
{
	struct json_errors errors;
	const struct json_error *items;
	const struct protocol *protocol;
	struct text json;

	if (!command_read(arena, path, &json)) {
		command_failed(text_printf(arena, "%s cannot be read.", path));
		return NULL;
	}
	protocol = protocol_read(arena, json, &errors);
	items = errors.items.items;
	for (size_t i = 0; !protocol && i < errors.items.count; i++)
		command_failed(text_printf(arena, "%s: at \"%.*s\": %.*s", path,
					   TEXT_FMT(items[i].pointer), TEXT_FMT(items[i].detail)));
	return protocol;
}

static int check_protocol(const struct command_line *line)
{
	const struct protocol *protocol;
	size_t reminders = 0;

	if (line->count != 2) {
		command_failed(TEXT("Name the file: protocol check FILE."));
		return 2;
	}
	protocol = read_protocol(line->arena, line->words[1]);
	if (!protocol)
		return 1;
	for (int duty = 0; duty < DUTY_COUNT; duty++)
		reminders += protocol->timescales[duty].reminders.count;
	return print(text_printf(line->arena,
				 "%.*s version %lld is sound: %d timescales with %zu reminders, %d "
				 "moves, %d stages.",
				 TEXT_FMT(protocol->id), (long long)protocol->version, DUTY_COUNT,
				 reminders, MOVE_COUNT, STAGE_COUNT));
}

static int ask_for_form(void)
{
	command_failed(
		TEXT("Say one form: protocol --markdown, --dot, --path or --json, and a file "
		     "if it is not for the standard one; or protocol check FILE."));
	return 2;
}

int command_protocol(const struct command_line *line)
{
	const struct protocol *protocol = protocol_standard();
	struct writer w;

	if (line->count && !strcmp(line->words[0], "check"))
		return check_protocol(line);
	if (!line->count || line->count > 2 || strncmp(line->words[0], "--", 2) ||
	    (line->count == 2 && !strncmp(line->words[1], "--", 2)))
		return ask_for_form();
	if (line->count == 2)
		protocol = read_protocol(line->arena, line->words[1]);
	if (!protocol)
		return 1;
	writer_init(&w, line->arena);
	if (command_flag(line, "dot"))
		protocol_dot(&w);
	else if (command_flag(line, "path"))
		protocol_path(&w, protocol);
	else if (command_flag(line, "json"))
		writer_put(&w, protocol_write(line->arena, protocol));
	else if (command_flag(line, "markdown"))
		protocol_markdown(&w, protocol);
	else
		return ask_for_form();
	return print(writer_text(&w));
}

int command_openapi(const struct command_line *line)
{
	return print(http_api_document(line->arena));
}

int command_settings(const struct command_line *line)
{
	(void)line;
	config_document(stdout);
	return 0;
}

int command_check_config(const struct command_line *line)
{
	(void)line;
	puts("The configuration is sound.");
	return 0;
}

int command_print_config(const struct command_line *line)
{
	config_print(line->config, stdout);
	return 0;
}
