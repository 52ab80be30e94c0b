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
	const char *options; /* the --options it takes, each between spaces; " " for none */
	int words;	     /* how many plain words at most */
	const char *help;
};

static const struct command commands[] = {
	{"serve", command_serve, true, " ", 0, "run the service until SIGTERM"},
	{"migrate", command_migrate, true, " ", 1,
	 "bring the database's schema up to this version; `migrate status` only shows"},
	{"create-admin", command_create_admin, true, " email name ", 0,
	 "--email ADDRESS [--name NAME]: enter the operator's first administrator and print a "
	 "token, once"},
	{"load-reference", command_load_reference, true, " ", 1,
	 "DIR: load calendars, protocols and cost models"},
	{"rehearse", command_rehearse, true, " to ", 0,
	 "--to INSTANT: move a rehearsal database's protocol time forward"},
	{"log-key", command_log_key, false, " ", 1,
	 "FILE: make a new key that signs the logs, in a file that is not there yet"},
	{"log-keys", command_log_keys, true, " authority ", 0,
	 "--authority ID: print the keys that verify an authority's log, a line each"},
	{"log-restart", command_log_restart, true, " authority reason ", 0,
	 "--authority ID --reason TEXT: begin a log again that can no longer be sealed"},
	{"erase-person", command_erase_person, true,
	 " authority person placement grounds now dry-run ", 0,
	 "--authority ID --person ID|--placement REFERENCE --grounds TEXT [--now] [--dry-run]: "
	 "destroy the key and the texts of a person"},
	{"hold-person", command_hold_person, true, " authority person placement reason ", 0,
	 "--authority ID --person ID|--placement REFERENCE --reason TEXT: a legal hold, while "
	 "which the person is not erased"},
	{"release-hold", command_release_hold, true, " authority person placement reason hold ", 0,
	 "--authority ID --person ID|--placement REFERENCE --reason TEXT [--hold NUMBER]: end a "
	 "legal hold"},
	{"doctor", command_doctor, true, " json ", 0,
	 "[--json]: look at everything the service rests on, and say what to do"},
	{"verify", command_verify, true, " authority jobs ", 0,
	 "[--authority ID] [--jobs N]: check everything that is stored against what was recorded"},
	{"export", command_export, true, " authority out ", 0,
	 "--authority ID [--out FILE]: write an authority's log as JSON Lines that anybody can "
	 "check"},
	{"protocol", command_protocol, false, " markdown dot path json ", 2,
	 "--markdown, --dot, --path or --json [FILE]: print the protocol's tables, or those of "
	 "FILE; `protocol check FILE` says whether FILE is sound"},
	{"openapi", command_openapi, false, " ", 0, "print the OpenAPI document"},
	{"settings", command_settings, false, " ", 0, "print the documentation of every setting"},
	{"check-config", command_check_config, true, " ", 0, "read the configuration and leave"},
	{"print-config", command_print_config, true, " ", 0,
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

static bool takes_option(const struct command *command, const char *word)
{
	char name[32];
	int len = (int)strcspn(word + 2, "=");

	snprintf(name, sizeof(name), " %.*s ", len, word + 2);
	return len && len < 28 && strstr(command->options, name);
}

/* False and *why for a word that the command does not take: nothing is done by mistake. */
static bool take_word(const struct command *command, char **word, struct command_line *line,
		      int *plain, struct text *why)
{
	if (!strncmp(*word, "--", 2)) {
		line->words[line->count++] = *word;
		if (!takes_option(command, *word)) {
			*why = text_printf(line->arena,
					   "%s takes no %s. Settings are given as --name=value; "
					   "`concordatd settings` "
					   "lists them, `concordatd help` the commands.",
					   command->name, *word);
			return false;
		}
		return true;
	}
	line->words[line->count++] = *word;
	/* the value behind an option that was given without = */
	if (line->count > 1 && !strncmp(word[-1], "--", 2) && !strchr(word[-1], '='))
		return true;
	if (++*plain <= command->words)
		return true;
	*why = text_printf(line->arena, "%s does not take the word \"%s\". See `concordatd help`.",
			   command->name, *word);
	return false;
}

/* Settings go to the configuration, --config to its file, the rest to the command. */
static bool sort_words(const struct command *command, int argc, char **argv, char **flags,
		       int *flag_count, struct command_line *line, const char **file,
		       struct text *why)
{
	int plain = 0;

	for (int i = 2; i < argc; i++) {
		if (!strncmp(argv[i], "--config=", 9)) {
			*file = argv[i] + 9;
		} else if (!strcmp(argv[i], "--config")) {
			if (i + 1 == argc) {
				*why = TEXT("Name the file behind --config.");
				return false;
			}
			*file = argv[++i];
		} else if (is_setting(argv[i])) {
			flags[(*flag_count)++] = argv[i];
		} else if (!take_word(command, &argv[i], line, &plain, why)) {
			return false;
		}
	}
	return true;
}

static int run(const struct command *command, int argc, char **argv, struct arena *arena)
{
	struct command_line line = {.arena = arena, .words = arena_array(arena, char *, argc)};
	char **flags = arena_array(arena, char *, argc);
	struct config *config = arena_make(arena, struct config);
	enum report_level level;
	struct text why;
	int flag_count = 0;
	const char *file = NULL;

	if (!sort_words(command, argc, argv, flags, &flag_count, &line, &file, &why)) {
		command_failed(why);
		return 2;
	}
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
