/*
 * commands.h - the two tables that the command line is: what there is to ask for, and what each
 * takes.
 */
#ifndef CONCORDAT_CLI_COMMANDS_H
#define CONCORDAT_CLI_COMMANDS_H

#include "command.h"

struct option_row {
	const char *name;
	const char *value; /* NULL: it takes none */
	const char *help;
	bool repeats; /* may be given several times */
};
extern const struct option_row options[OPTION_COUNT];

struct command {
	const char *name;
	enum outcome (*run)(const struct command_line *line);
	const char *usage;     /* its words */
	int least, most;       /* how many of them */
	uint64_t takes, needs; /* bits of enum option */
	const char *help;
	const char *about; /* paragraphs of `concordat help NAME` */
};
#define COMMANDS_MOST 64
extern const struct command commands[];
extern const size_t command_count;

/* Whether that option is among them. */
#define HAS_OPTION(set, option) ((set) >> (option)&1)

enum outcome command_help(const struct command_line *line); /* main.c */

#endif
