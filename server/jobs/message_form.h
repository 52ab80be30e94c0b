/*
 * message_form.h - a message in its parts: what happened, what is owed by whom by when, a link.
 *
 * Each part is written once and goes into the text and the HTML as it ends, so that the two say the
 * same words.
 */
#ifndef CONCORDAT_SERVER_JOBS_MESSAGE_FORM_H
#define CONCORDAT_SERVER_JOBS_MESSAGE_FORM_H

#include "message.h"

enum part {
	PART_TITLE,	/* what it is about, once and first */
	PART_PARAGRAPH, /* what happened */
	PART_HEADING,	/* of the items that follow */
	PART_ITEM	/* who owes what by when */
};

struct form {
	struct arena *arena;
	struct writer now; /* the part that is being written */
	struct writer text, html;
	int last; /* enum part; -1: none yet */
};

void form_begin(struct form *form, struct arena *arena);
/* What stands in form->now is a part of that kind; the next begins. */
void form_part(struct form *form, enum part kind);
/* A whole part at once. */
void form_say(struct form *form, enum part kind, const char *format, ...)
	__attribute__((format(printf, 3, 4), nonnull(3)));
/* Words, and under them an address below the public one. */
void form_link(struct form *form, const char *words, struct text public_url, const char *folder,
	       struct text name);
/* The message is complete: its text, its HTML, and which version of which template it is. */
void form_end(struct form *form, const char *template, struct message *out);

#endif
