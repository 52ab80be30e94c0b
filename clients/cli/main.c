/*
 * main.c - the command line: which command, which words and options. No logic of its own.
 *
 * Two tables hold everything (commands.c). Help, usage, what is accepted and what
 * is suggested all come from them.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "concordat/core/calendar.h"

#include "commands.h"

#define PREFIX "concordat: "

static const char exit_codes[] =
	"Exit codes: 0 done, 1 a document or an input is not sound or the service refused, 2 "
	"wrong\n"
	"use, 3 a file cannot be read, 4 the service cannot be reached. What is wrong is said on\n"
	"standard error. A FILE may be \"-\", standard input.\n";

/* What steers a terminal does not get there, whoever wrote the file it came from. */
void command_say(const struct command_line *line, struct text sentence)
{
	struct writer w;

	writer_init(&w, line->arena);
	for (size_t i = 0; i < sentence.len; i++) {
		unsigned char c = (unsigned char)sentence.at[i];
		unsigned char next = i + 1 < sentence.len ? (unsigned char)sentence.at[i + 1] : 0;

		if (c == 0xc2 && next >= 0x80 && next < 0xa0)
			i++; /* one character of two bytes */
		else if (c >= 0x20 && c != 0x7f) {
			writer_char(&w, (char)c);
			continue;
		}
		writer_char(&w, '?');
	}
	fprintf(stderr, PREFIX "%.*s\n", TEXT_FMT(writer_text(&w)));
}

enum outcome command_print(const struct command_line *line, struct text text)
{
	if (fwrite(text.at, 1, text.len, stdout) == text.len && fflush(stdout) == 0)
		return OUTCOME_DONE;
	command_say(line, TEXT("Standard output could not be written. Check the room on the disk "
			       "and what it is piped to."));
	return OUTCOME_UNREADABLE;
}

/* ---- help ---- */

/* "--at DATE" */
static const char *option_words(struct arena *arena, enum option option)
{
	const char *value = options[option].value;

	return text_printf(arena, "--%s%s%s", options[option].name, value ? " " : "",
			   value ? value : "")
		.at;
}

static void put_usage(struct writer *w, const struct command *command)
{
	writer_printf(w, "concordat %s%s%s", command->name, command->usage[0] ? " " : "",
		      command->usage);
	for (int i = 0; i < OPTION_COUNT; i++) {
		bool needed = HAS_OPTION(command->needs, i);

		if (!HAS_OPTION(command->takes, i))
			continue;
		writer_printf(w, needed ? " %s" : " [%s]", option_words(w->arena, (enum option)i));
		writer_puts(w, options[i].repeats ? "..." : "");
	}
	writer_char(w, '\n');
}

static struct text help_of(struct arena *arena, const struct command *command)
{
	struct writer w;

	writer_init(&w, arena);
	writer_puts(&w, "usage: ");
	put_usage(&w, command);
	writer_printf(&w, "\nconcordat %s: %s.\n\n", command->name, command->help);
	if (command->about)
		writer_puts(&w, command->about);
	writer_puts(&w, command->takes ? "\nOptions:\n" : "");
	for (int i = 0; i < OPTION_COUNT; i++)
		if (HAS_OPTION(command->takes, i))
			writer_printf(&w, "    %-19s %s\n", option_words(arena, (enum option)i),
				      options[i].help);
	writer_puts(&w, command->about ? "\n" : "");
	writer_puts(&w, exit_codes);
	return writer_text(&w);
}

static struct text help_of_all(struct arena *arena)
{
	struct writer w;

	writer_init(&w, arena);
	writer_puts(&w, "usage: concordat COMMAND [--OPTION]...\n\n");
	for (size_t i = 0; i < command_count; i++)
		writer_printf(&w, "    %-16s %s\n", commands[i].name, commands[i].help);
	writer_puts(&w, "    --version        print the version\n\n"
			"`concordat help COMMAND` says what a command takes. Only due, review, "
			"placement, log,\nverify --server, and uplift apply, stop and list ask a "
			"service.\n\n");
	writer_puts(&w, exit_codes);
	return writer_text(&w);
}

/* ---- which command ---- */

static enum outcome misused(const struct command_line *line, struct text sentence,
			    const struct command *command)
{
	command_say(line, sentence);
	command_say(line, text_printf(line->arena, "`concordat help%s%s` says what there is.",
				      command ? " " : "", command ? command->name : ""));
	return OUTCOME_USAGE;
}

/* "model check" of the two words that begin argv; *used is how many of them are its name. */
static const struct command *find(struct arena *arena, int count, const char *const *words,
				  int *used)
{
	for (*used = 2; *used >= 1; --*used)
		for (size_t i = 0; i < command_count && *used <= count; i++)
			if (text_is(*used == 2 ? text_printf(arena, "%s %s", words[0], words[1])
					       : text_of(words[0]),
				    commands[i].name))
				return &commands[i];
	return NULL;
}

/* The command that was probably meant, or NULL. */
static const char *nearest_command(struct arena *arena, int count, const char *const *words)
{
	const char *names[COMMANDS_MOST + 3] = {"--version", "--help", NULL};
	const char *found;

	for (size_t i = 0; i < command_count; i++)
		names[i + 2] = commands[i].name;
	found = count > 1 ? text_nearest(text_printf(arena, "%s %s", words[0], words[1]), names)
			  : NULL;
	return found ? found : text_nearest(text_of(words[0]), names);
}

static enum outcome no_command(const struct command_line *line, int count, const char *const *words)
{
	const char *meant = nearest_command(line->arena, count, words);
	struct text begun = text_printf(line->arena, "%s ", words[0]);
	struct writer w;
	int used;

	writer_init(&w, line->arena);
	for (size_t i = 0; i < command_count; i++)
		if (text_starts(text_of(commands[i].name), begun.at))
			writer_printf(&w, "%s`concordat %s`", w.len ? " or " : "",
				      commands[i].name);
	if (w.len && !(meant && text_starts(text_of(meant), begun.at)) &&
	    !find(line->arena, 1, words, &used))
		return misused(line,
			       text_printf(line->arena, "\"%s\" alone is no command. Say %.*s.",
					   words[0], TEXT_FMT(writer_text(&w))),
			       NULL);
	if (meant)
		return misused(line,
			       text_printf(line->arena,
					   "There is no command \"%s%s%s\". Did you mean \"%s\"?",
					   words[0], count > 1 && strchr(meant, ' ') ? " " : "",
					   count > 1 && strchr(meant, ' ') ? words[1] : "", meant),
			       NULL);
	return misused(line, text_printf(line->arena, "There is no command \"%s\".", words[0]),
		       NULL);
}

enum outcome command_help(const struct command_line *line)
{
	int count = line->words[0] ? line->words[1] ? 2 : 1 : 0, used;
	const struct command *command;

	if (!count)
		return command_print(line, help_of_all(line->arena));
	command = find(line->arena, count, line->words, &used);
	if (!command || used < count)
		return no_command(line, count, line->words);
	return command_print(line, help_of(line->arena, command));
}

/* ---- its words and options ---- */

/* Of two with one name, the one that the command takes. */
static enum option find_option(const struct command *command, const char *name, size_t len)
{
	int found = OPTION_COUNT;

	for (int at = 0; at < OPTION_COUNT; at++)
		if (text_eq((struct text){name, len}, text_of(options[at].name)) &&
		    (found == OPTION_COUNT || HAS_OPTION(command->takes, at)))
			found = at;
	return (enum option)found;
}

static enum outcome unknown_option(const struct command_line *line, const struct command *command,
				   const char *word)
{
	const char *taken[OPTION_COUNT + 1] = {NULL}, *meant;
	size_t count = 0, dashes = strspn(word, "-");
	struct text name = {word + dashes, strcspn(word + dashes, "=")};

	for (int i = 0; i < OPTION_COUNT; i++)
		if (HAS_OPTION(command->takes, i))
			taken[count++] = options[i].name;
	meant = text_nearest(name, taken);
	return misused(line,
		       text_printf(line->arena, "%s takes no option \"%.*s\".%s%s%s", command->name,
				   (int)(dashes + name.len), word, meant ? " Did you mean --" : "",
				   meant ? meant : "", meant ? "?" : ""),
		       command);
}

/* Takes the option at argv[*at] and the value that may stand behind it. */
static enum outcome take_option(struct command_line *line, const struct command *command, int argc,
				char **argv, int *at)
{
	const char *word = argv[*at], *name = word + 2, *equals = strchr(name, '=');
	enum option option =
		find_option(command, name, equals ? (size_t)(equals - name) : strlen(name));
	const char *before;

	if (option == OPTION_COUNT || strncmp(word, "--", 2) || !HAS_OPTION(command->takes, option))
		return unknown_option(line, command, word);
	if (line->options[option] && !options[option].repeats)
		return misused(line,
			       text_printf(line->arena, "--%s is given twice. Give it once.",
					   options[option].name),
			       command);
	before = line->options[option];
	line->options[option] = equals ? equals + 1 : "";
	if (!options[option].value)
		return equals ? misused(line,
					text_printf(line->arena, "--%s takes no value.",
						    options[option].name),
					command)
			      : OUTCOME_DONE;
	if (!equals && *at + 1 < argc && strncmp(argv[*at + 1], "--", 2))
		line->options[option] = argv[++*at];
	if (line->options[option][0]) {
		if (before)
			line->options[option] =
				text_printf(line->arena, "%s,%s", before, line->options[option]).at;
		return OUTCOME_DONE;
	}
	return misused(line,
		       text_printf(line->arena, "Name the %s behind --%s.", options[option].value,
				   options[option].name),
		       command);
}

static enum outcome take_words(struct command_line *line, const struct command *command, int argc,
			       char **argv)
{
	bool only_words = false;
	int count = 0;

	for (int i = 0; i < argc; i++) {
		enum outcome outcome;

		if (!only_words && strcmp(argv[i], "--") == 0) {
			only_words = true;
		} else if (!only_words && argv[i][0] == '-' && argv[i][1]) {
			outcome = take_option(line, command, argc, argv, &i);
			if (outcome)
				return outcome;
		} else if (count < command->most) {
			line->words[count++] = argv[i];
		} else {
			return misused(line,
				       text_printf(line->arena, "%s does not take the word \"%s\".",
						   command->name, argv[i]),
				       command);
		}
	}
	return count >= command->least
		       ? OUTCOME_DONE
		       : misused(line,
				 text_printf(line->arena, "Name the %s behind \"%s\".",
					     command->usage, command->name),
				 command);
}

/* What one word or option alone does not show. */
static enum outcome look_at_all(struct command_line *line, const struct command *command)
{
	const char *at = line->options[OPTION_AT];
	int standard = 0;

	for (int i = 0; i < OPTION_COUNT; i++) {
		const char *value = line->options[i];

		standard += value && strcmp(value, "-") == 0;
		if (HAS_OPTION(command->needs, i) && !value)
			return misused(line,
				       text_printf(line->arena, "%s needs --%s %s: %s.",
						   command->name, options[i].name, options[i].value,
						   options[i].help),
				       command);
	}
	for (int i = 0; i < WORDS_MOST; i++)
		standard += line->words[i] && strcmp(line->words[i], "-") == 0;
	if (standard > 1)
		return misused(line,
			       TEXT("Standard input can be read once: only one file may be "
				    "\"-\"."),
			       command);
	if (at && !day_parse(text_of(at), &line->at_day))
		return misused(line,
			       text_printf(line->arena,
					   "--at takes a date like 2026-04-13; \"%s\" is none.",
					   at),
			       command);
	return OUTCOME_DONE;
}

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--"); i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static enum outcome run(struct command_line *line, int argc, char **argv)
{
	const char *const words[] = {argc > 0 ? argv[0] : NULL, argc > 1 ? argv[1] : NULL};
	int count = argc > 1 && argv[1][0] != '-' ? 2 : 1, used;
	const struct command *command;
	enum outcome outcome;

	if (argc == 0) {
		fprintf(stderr, "%.*s", TEXT_FMT(help_of_all(line->arena)));
		return OUTCOME_USAGE;
	}
	if (strcmp(words[0], "--version") == 0)
		return command_print(line, TEXT("concordat " CONCORDAT_VERSION "\n"));
	if (strcmp(words[0], "--help") == 0 || strcmp(words[0], "-h") == 0)
		return command_print(line, help_of_all(line->arena));
	command = find(line->arena, count, words, &used);
	if (!command)
		return no_command(line, count, words);
	if (asks_for_help(argc - used, argv + used))
		return command_print(line, help_of(line->arena, command));
	outcome = take_words(line, command, argc - used, argv + used);
	if (!outcome)
		outcome = look_at_all(line, command);
	return outcome ? outcome : command->run(line);
}

int main(int argc, char **argv)
{
	struct command_line line = {.arena = arena_new(), .at_day = NO_DAY};
	enum outcome outcome;

	signal(SIGPIPE, SIG_IGN);
	outcome = run(&line, argc - 1, argv + 1);
	arena_free(line.arena);
	return (int)outcome;
}
