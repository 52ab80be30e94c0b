/*
 * show.c - commands that print what the tables hold: protocol, settings, OpenAPI, configuration.
 */
#include <stdio.h>
#include <string.h>

#include "concordat/core/protocol.h"
#include "concordat/http/api.h"

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

int command_protocol(const struct command_line *line)
{
	struct writer w;

	writer_init(&w, line->arena);
	if (line->count > 1) {
		command_failed(TEXT("Say one form: protocol --markdown, --dot or --json."));
		return 2;
	}
	if (command_flag(line, "dot"))
		protocol_dot(&w);
	else if (command_flag(line, "json"))
		writer_put(&w, protocol_write(line->arena, protocol_standard()));
	else if (command_flag(line, "markdown"))
		protocol_markdown(&w, protocol_standard());
	else {
		command_failed(TEXT("Say which form: protocol --markdown, --dot or --json."));
		return 2;
	}
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
