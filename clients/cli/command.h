/*
 * command.h - what `concordat NAME` can be asked, and what each command is given.
 *
 * The command line has been read when a command runs: it takes what it was given and reads nothing
 * of argv itself.
 */
#ifndef CONCORDAT_CLI_COMMAND_H
#define CONCORDAT_CLI_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "concordat/base/text.h"

/* Exit codes; they are part of what scripts rely on. */
enum outcome {
	OUTCOME_DONE = 0,
	OUTCOME_REFUSED = 1,	/* a document or an input is not sound */
	OUTCOME_USAGE = 2,	/* the command line is wrong */
	OUTCOME_UNREADABLE = 3, /* a file cannot be read, or the output not be written */
	OUTCOME_UNREACHABLE = 4 /* the service cannot be reached, or is not well */
};

enum option {
	OPTION_INPUTS,
	OPTION_AT,
	OPTION_TERMS,
	OPTION_INDICES,
	OPTION_METHOD,
	OPTION_FROM,
	OPTION_RULE,
	OPTION_DIVISION,
	OPTION_PAUSE,
	OPTION_ROLL,
	OPTION_CALENDAR,
	OPTION_CLOSURES,
	OPTION_REFERENCE,
	OPTION_SERVER,
	OPTION_TOKEN_FILE,
	OPTION_STATE,
	OPTION_KIND,
	OPTION_HOME,
	OPTION_OWNER,
	OPTION_TEAM,
	OPTION_MODE,
	OPTION_KEY,
	OPTION_KEY_FILE,
	OPTION_OLD,
	OPTION_NEW,
	OPTION_PROOF,
	OPTION_SINCE,
	OPTION_UNTIL,
	OPTION_PAID_FROM,
	OPTION_SETTING,
	OPTION_PROVIDER,
	OPTION_BECAUSE,
	OPTION_JSON,
	OPTION_COUNT
};

#define WORDS_MOST 2

struct command_line {
	struct arena *arena;
	const char *options[OPTION_COUNT]; /* the value behind it, "" where it takes none; NULL:
					      not given. Several have commas between them */
	const char *words[WORDS_MOST];	   /* those behind the command's name, NULL past the last */
	int32_t at_day;			   /* of --at; NO_DAY: not given */
};

enum outcome command_model_check(const struct command_line *line);	/* model.c */
enum outcome command_model_calculate(const struct command_line *line);	/* model.c */
enum outcome command_uplift(const struct command_line *line);		/* uplift.c */
enum outcome command_uplift_apply(const struct command_line *line);	/* portfolio.c */
enum outcome command_uplift_stop(const struct command_line *line);	/* portfolio.c */
enum outcome command_uplift_list(const struct command_line *line);	/* portfolio.c */
enum outcome command_dates_explain(const struct command_line *line);	/* dates.c */
enum outcome command_due(const struct command_line *line);		/* reviews.c */
enum outcome command_review(const struct command_line *line);		/* reviews.c */
enum outcome command_placement_import(const struct command_line *line); /* placement.c */
enum outcome command_verify(const struct command_line *line);		/* verify.c */
enum outcome command_log_checkpoint(const struct command_line *line);	/* verify.c */
enum outcome command_log_keys(const struct command_line *line);		/* verify.c */
enum outcome command_log_record(const struct command_line *line);	/* verify.c */
enum outcome command_log_statement(const struct command_line *line);	/* verify.c */

/* One line on standard error, "concordat: " before it. */
void command_say(const struct command_line *line, struct text sentence);
/* Puts it on standard output. */
enum outcome command_print(const struct command_line *line, struct text text)
	__attribute__((warn_unused_result));

#endif
