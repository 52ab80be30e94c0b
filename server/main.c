/*
 * main.c - options, configuration, and the command that was asked for. No logic of its own.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "concordat/base/report.h"

#include "command.h"

extern char **environ;

struct command {
	const char *name;
	int (*run)(const struct command_line *line);
	bool needs_config;
	const char *help;
};

static const struct command commands[] = {
	{"serve", command_serve, true, "run the service until SIGTERM"},
	{"migrate", command_migrate, true,
	 "bring the database's schema up to this version; `migrate status` only shows"},
	{"create-admin", command_create_admin, true,
	 "--email ADDRESS [--name NAME]: enter the operator's first administrator and print a "
	 "token, once"},
	{"load-reference", command_load_reference, true,
	 "DIR: load calendars, protocols and cost models"},
	{"rehearse", command_rehearse, true,
	 "--to INSTANT: move a rehearsal database's protocol time forward"},
	{"protocol", command_protocol, false,
	 "--markdown, --dot or --json: print the protocol's tables"},
	{"openapi", command_openapi, false, "print the OpenAPI document"},
	{"settings", command_settings, false, "print the documentation of every setting"},
	{"check-config", command_check_config, true, "read the configuration and leave"},
	{"print-config", command_print_config, true,
	 "print the configuration in force, secrets masked"},
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int usage(FILE *out, int code)
{
	fprintf(out, "usage: concordatd COMMAND [--config FILE] [--SETTING=VALUE]...\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-16s %s\n", commands[i].name, commands[i].help);
	fprintf(out, "  %-16s %s\n", "--version", "print the version");
	return code;
}

static bool is_setting(const char *word)
{
	for (size_t i = 0; i < settings_count && !strncmp(word, "--", 2); i++) {
		size_t len = strlen(settings[i].key);

		if (!strncmp(word + 2, settings[i].key, len) && word[2 + len] == '=')
			return true;
	}
	return false;
}

/* Settings go to the configuration, --config to its file, the rest to the command. */
static const char *sort_words(int argc, char **argv, char **flags, int *flag_count,
			      struct command_line *line)
{
	const char *file = NULL;

	for (int i = 2; i < argc; i++) {
		if (!strcmp(argv[i], "--config") && i + 1 < argc)
			file = argv[++i];
		else if (!strncmp(argv[i], "--config=", 9))
			file = argv[i] + 9;
		else if (is_setting(argv[i]))
			flags[(*flag_count)++] = argv[i];
		else
			line->words[line->count++] = argv[i];
	}
	return file;
}

static int run(const struct command *command, int argc, char **argv, struct arena *arena)
{
	struct command_line line = {.arena = arena, .words = arena_array(arena, char *, argc)};
	char **flags = arena_array(arena, char *, argc);
	struct config *config = arena_make(arena, struct config);
	enum report_level level;
	struct text why;
	int flag_count = 0;
	const char *file = sort_words(argc, argv, flags, &flag_count, &line);

	if (command->needs_config) {
		if (!config_load(arena, config, file, environ, flag_count, flags, &why))
			return command_failed(why);
		if (report_level_parse(config->log_level, &level))
			report_set_level(level);
		line.config = config;
	}
	return command->run(&line);
}

int main(int argc, char **argv)
{
	struct arena *arena;
	int code;

	signal(SIGPIPE, SIG_IGN);
	if (argc < 2)
		return usage(stderr, 2);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help"))
		return usage(stdout, 0);
	if (!strcmp(argv[1], "--version")) {
		puts("concordatd " CONCORDAT_VERSION);
		return 0;
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(argv[1], commands[i].name))
			continue;
		arena = arena_new();
		code = run(&commands[i], argc, argv, arena);
		arena_free(arena);
		return code;
	}
	fprintf(stderr, "concordatd: there is no command \"%s\".\n\n", argv[1]);
	return usage(stderr, 2);
}
