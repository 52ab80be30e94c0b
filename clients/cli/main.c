/*
 * main.c - the command line: which command, which words and options. No logic of its own.
 *
 * Two tables hold everything: the commands and the options. Help, usage, what is accepted and what
 * is suggested all come from them.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "concordat/core/calendar.h"

#include "command.h"

#define BIT(option) (1u << OPTION_##option)
#define PREFIX "concordat: "

static enum outcome command_help(const struct command_line *line);

#define SERVICE                                                                                  \
	"The service is asked; a token says as whom, and is never a word of the command line.\n" \
	"With --json its answer passes through: {\"items\": [...]}.\n"

static const struct option_row {
	const char *name;
	const char *value; /* NULL: it takes none */
	const char *help;
	bool repeats; /* may be given several times */
} options[OPTION_COUNT] = {
	[OPTION_INPUTS] = {"inputs", "FILE",
			   "the model's inputs; those left out take their default"},
	[OPTION_AT] = {"at", "DATE",
		       "refuse a model that may not be used on that day (2026-04-13)"},
	[OPTION_TERMS] = {"terms", "FILE", "the terms of an offer or of an agreement"},
	[OPTION_INDICES] = {"indices", "FILE", "how much each index rose, and from which day"},
	[OPTION_METHOD] = {"method", "FILE", "the method for terms that have none of their own"},
	[OPTION_FROM] = {"from", "INSTANT", "what it counts from: 2026-04-02T09:00:00Z"},
	[OPTION_RULE] = {"rule", "RULE", "such as \"10 working days\", \"28 days\", \"3 months\""},
	[OPTION_DIVISION] = {"division", "DIVISION",
			     "england-and-wales (when left out), scotland, northern-ireland"},
	[OPTION_PAUSE] = {"pause", "FROM/TO", "stopped from and to; no TO while it lasts", true},
	[OPTION_ROLL] = {"roll", "WAY", "none, forward, back: off a day that is not a working day"},
	[OPTION_CALENDAR] = {"calendar", "FILE", "the bank holidays to count by"},
	[OPTION_CLOSURES] = {"closures", "FILE", "the authority's own closures beside them"},
	[OPTION_REFERENCE] = {"reference", "DIR",
			      "the folder whose calendars/DIVISION.json is taken"},
	[OPTION_SERVER] = {"server", "URL", "the service; CONCORDAT_SERVER when left out"},
	[OPTION_TOKEN_FILE] = {"token-file", "FILE",
			       "a file with a token in it; CONCORDAT_TOKEN when left out"},
	[OPTION_STATE] = {"state", "STATE", "only coming, due (within 28 days) or overdue"},
	[OPTION_KIND] = {"kind", "KIND", "only first, three_month, yearly or requested"},
	[OPTION_HOME] = {"home", "ID", "only this home's"},
	[OPTION_OWNER] = {"owner", "ID", "only this case officer's"},
	[OPTION_TEAM] = {"team", "NAME", "only this team's"},
	[OPTION_MODE] = {"mode", "MODE",
			 "all (when left out): none goes in when one is refused; good: the others "
			 "do"},
	[OPTION_KEY] = {"key", "UUID", "of an earlier try, whose work this goes on with"},
	[OPTION_PAID_FROM] = {"paid-from", "DATE",
			      "the day new fees are paid from; the soonest when left out"},
	[OPTION_SETTING] = {"setting", "KIND", "only this kind of care, such as residential"},
	[OPTION_PROVIDER] = {"provider", "ID", "only this provider's"},
	[OPTION_BECAUSE] = {"because", "WORDS", "why; nothing about a person"},
	[OPTION_JSON] = {"json", NULL, "print one JSON object, money in pence"},
};

static const struct command {
	const char *name;
	enum outcome (*run)(const struct command_line *line);
	const char *usage;     /* its words */
	int least, most;       /* how many of them */
	unsigned takes, needs; /* bits of enum option */
	const char *help;
	const char *about; /* paragraphs of `concordat help NAME` */
} commands[] = {
	{"model check", command_model_check, "FILE", 1, 1, 0, 0,
	 "say whether a cost model is sound, and where it is not",
	 "FILE is a cost model, as reference/cost-models holds them.\n"
	 "\n"
	 "Examples:\n"
	 "    concordat model check reference/cost-models/residential-ld-0.1.json\n"},
	{"model calculate", command_model_calculate, "FILE", 1, 1,
	 BIT(INPUTS) | BIT(AT) | BIT(JSON), 0, "work a guide price out, line by line",
	 "FILE is a cost model. The inputs are a JSON object of keys and figures, whole numbers "
	 "or\n"
	 "decimals in quotes: {\"people_sharing\": 4, \"one_to_one_hours\": \"21.5\"}. What the "
	 "model\n"
	 "asks for, and within which limits, stands in its \"inputs\".\n"
	 "\n"
	 "Nothing is rounded before the end, so lines shown to the penny may differ from their "
	 "sum.\n"
	 "A guide price is a starting point and not a conclusion.\n"
	 "\n"
	 "Examples:\n"
	 "    concordat model calculate reference/cost-models/home-care-margin-2014-02.json\n"
	 "    concordat model calculate reference/cost-models/residential-ld-0.1.json \\\n"
	 "        --inputs tests/golden/cli/inputs.json --at 2026-04-13 --json\n"},
	{"uplift", command_uplift, "", 0, 0, BIT(TERMS) | BIT(INDICES) | BIT(METHOD) | BIT(JSON),
	 BIT(TERMS) | BIT(INDICES), "work out what the agreed method makes of a fee",
	 "The terms are as an offer puts them, or as the service shows those of an agreement. The\n"
	 "indices are a year's figures: {\"from\": \"2026-04-06\", \"rises\": [{\"index\": "
	 "\"nlw\",\n"
	 "\"percent\": \"4.10\"}]}. The result says which rule decided; nothing is applied by it.\n"
	 "\n"
	 "Examples:\n"
	 "    concordat uplift --terms tests/golden/cli/terms.json \\\n"
	 "        --indices tests/golden/cli/indices.json\n"},
	{"uplift apply", command_uplift_apply, "", 0, 0,
	 BIT(INDICES) | BIT(PAID_FROM) | BIT(SETTING) | BIT(PROVIDER) | BIT(KEY) | BIT(SERVER) |
		 BIT(TOKEN_FILE) | BIT(JSON),
	 BIT(INDICES), "uplift all agreements in force, each by its own method",
	 "A manager or an administrator of the authority asks for it; the service then goes through\n"
	 "the placements, one uplift at a time. `concordat uplift list` says how it goes.\n"
	 "\n"
	 "Examples:\n"
	 "    concordat uplift apply --indices tests/golden/cli/indices.json --setting residential\n"},
	{"uplift stop", command_uplift_stop, "UPLIFT", 1, 1,
	 BIT(BECAUSE) | BIT(SERVER) | BIT(TOKEN_FILE) | BIT(JSON), 0,
	 "let an uplift under way go no further", "What it has applied stands. UPLIFT is its id.\n"},
	{"uplift list", command_uplift_list, "", 0, 0, BIT(SERVER) | BIT(TOKEN_FILE) | BIT(JSON), 0,
	 "list an authority's uplifts and how each goes", SERVICE},
	{"dates explain", command_dates_explain, "", 0, 0,
	 BIT(FROM) | BIT(RULE) | BIT(DIVISION) | BIT(PAUSE) | BIT(ROLL) | BIT(CALENDAR) |
		 BIT(CLOSURES) | BIT(REFERENCE) | BIT(JSON),
	 BIT(FROM) | BIT(RULE), "work a due date out and explain it day by day",
	 "An instant says its offset: 2026-04-02T10:00:00+01:00 is ten in the morning in London. "
	 "A\n"
	 "rule is in working days, days, weeks, months, years or hours (\"10 working days\", \"10 "
	 "wd\"),\n"
	 "or \"next Wednesday\". A clock of days ends at 17:00 in London, and what comes after "
	 "17:00\n"
	 "counts as received on the next working day.\n"
	 "\n"
	 "Bank holidays come from --calendar FILE, else from calendars/ in --reference DIR, else "
	 "from\n"
	 "calendars/ in ./reference or, where that is not there, in /usr/share/concordat. The "
	 "answer "
	 "is\n"
	 "the one that the service gives at /v1/dates/explain. The closures of an authority are as "
	 "the\n"
	 "service shows a version of them: {\"version\": 1, \"closures\": [{\"date\": "
	 "\"2026-12-24\",\n"
	 "\"title\": \"Offices closed\"}]}.\n"
	 "\n"
	 "Examples:\n"
	 "    concordat dates explain --from 2026-04-02T10:00:00+01:00 --rule \"5 working days\"\n"
	 "    concordat dates explain --from 2026-03-02T10:00:00Z --rule \"10 working days\" \\\n"
	 "        --division scotland --pause 2026-03-06T18:00:00Z/2026-03-23T09:00:00Z --json\n"},
	{"due", command_due, "", 0, 0,
	 BIT(SERVER) | BIT(TOKEN_FILE) | BIT(STATE) | BIT(KIND) | BIT(HOME) | BIT(OWNER) |
		 BIT(TEAM) | BIT(JSON),
	 0, "list the reviews overdue, due and coming, and why each date is what it is", SERVICE},
	{"review", command_review, "PLACEMENT", 1, 1, BIT(SERVER) | BIT(TOKEN_FILE) | BIT(JSON), 0,
	 "show a placement's open reviews, each date day by day",
	 "PLACEMENT is its reference, such as PL-1000047-P, or a part of it.\n\n" SERVICE},
	{"placement import", command_placement_import, "FILE", 1, 1,
	 BIT(MODE) | BIT(KEY) | BIT(SERVER) | BIT(TOKEN_FILE) | BIT(JSON), 0,
	 "bring care that already runs in, a row a placement",
	 "FILE is CSV, at most 10,000 rows; the first names the columns, which "
	 "clients/cli/README.md lists.\n"
	 "The same file again brings nothing in twice, and completes what was broken off.\n\n"
	 "    concordat placement import caseload.csv --server https://care.example --mode "
	 "good\n"},
	{"help", command_help, "[COMMAND]", 0, WORDS_MOST, 0, 0,
	 "say what a command does and takes", NULL},
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

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
		bool needed = command->needs & 1u << i;

		if (!(command->takes & 1u << i))
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
		if (command->takes & 1u << i)
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
	for (size_t i = 0; i < COMMANDS; i++)
		writer_printf(&w, "    %-16s %s\n", commands[i].name, commands[i].help);
	writer_puts(&w, "    --version        print the version\n\n"
			"`concordat help COMMAND` says what a command takes. Only due, review, "
			"placement and\nuplift apply, stop and list ask a service.\n\n");
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
		for (size_t i = 0; i < COMMANDS && *used <= count; i++)
			if (text_is(*used == 2 ? text_printf(arena, "%s %s", words[0], words[1])
					       : text_of(words[0]),
				    commands[i].name))
				return &commands[i];
	return NULL;
}

/* The command that was probably meant, or NULL. */
static const char *nearest_command(struct arena *arena, int count, const char *const *words)
{
	const char *names[COMMANDS + 3] = {"--version", "--help", NULL};
	const char *found;

	for (size_t i = 0; i < COMMANDS; i++)
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

	writer_init(&w, line->arena);
	for (size_t i = 0; i < COMMANDS; i++)
		if (text_starts(text_of(commands[i].name), begun.at))
			writer_printf(&w, "%s`concordat %s`", w.len ? " or " : "",
				      commands[i].name);
	if (w.len && !(meant && text_starts(text_of(meant), begun.at)))
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

static enum outcome command_help(const struct command_line *line)
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

static enum option find_option(const char *name, size_t len)
{
	int at = 0;

	while (at < OPTION_COUNT && !text_eq((struct text){name, len}, text_of(options[at].name)))
		at++;
	return (enum option)at;
}

static enum outcome unknown_option(const struct command_line *line, const struct command *command,
				   const char *word)
{
	const char *taken[OPTION_COUNT + 1] = {NULL}, *meant;
	size_t count = 0, dashes = strspn(word, "-");
	struct text name = {word + dashes, strcspn(word + dashes, "=")};

	for (int i = 0; i < OPTION_COUNT; i++)
		if (command->takes & 1u << i)
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
	enum option option = find_option(name, equals ? (size_t)(equals - name) : strlen(name));
	const char *before;

	if (option == OPTION_COUNT || strncmp(word, "--", 2) || !(command->takes & 1u << option))
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
		if (command->needs & 1u << i && !value)
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
