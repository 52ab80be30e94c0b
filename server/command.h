/*
 * command.h - what `concordatd NAME` can be asked, and what each command is given.
 */
#ifndef CONCORDAT_SERVER_COMMAND_H
#define CONCORDAT_SERVER_COMMAND_H

#include "concordat/base/config.h"

struct command_line {
	struct arena *arena;
	const struct config *config; /* NULL for commands that need none */
	int count;		     /* words after the command's name that are no settings */
	char **words;
};

/* Each returns the exit code: 0 done, 1 it could not be done (with a sentence on standard error), 2
 * usage. */
int command_serve(const struct command_line *line);	     /* serve.c */
int command_rehearse(const struct command_line *line);	     /* serve.c */
int command_migrate(const struct command_line *line);	     /* administer.c */
int command_create_admin(const struct command_line *line);   /* administer.c */
int command_load_reference(const struct command_line *line); /* administer.c */
int command_log_key(const struct command_line *line);	     /* log_key.c */
int command_log_keys(const struct command_line *line);	     /* log_key.c */
int command_log_restart(const struct command_line *line);    /* log_key.c */
int command_erase_person(const struct command_line *line);   /* person.c */
int command_hold_person(const struct command_line *line);    /* person.c */
int command_release_hold(const struct command_line *line);   /* person.c */
int command_doctor(const struct command_line *line);	     /* doctor.c */
int command_verify(const struct command_line *line);	     /* verify.c */
int command_export(const struct command_line *line);	     /* export.c */
int command_protocol(const struct command_line *line);	     /* show.c */
int command_check_config(const struct command_line *line);   /* show.c */
int command_print_config(const struct command_line *line);   /* show.c */
int command_settings(const struct command_line *line);	     /* show.c */
int command_openapi(const struct command_line *line);	     /* show.c */

/* The value behind --name among the words, or NULL; and whether a bare --name is there. */
const char *command_option(const struct command_line *line, const char *name);
bool command_flag(const struct command_line *line, const char *name);

/* A file's bytes; false when it cannot be read. administer.c */
bool command_read(struct arena *arena, const char *path, struct text *out)
	__attribute__((warn_unused_result));

/* Says it on standard error and returns 1. */
int command_failed(struct text why);

#endif
