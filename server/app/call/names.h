/*
 * names.h - what the name of an organisation, a home or a person may hold, an e-mail address, a
 * postcode and a telephone number.
 */
#ifndef CONCORDAT_SERVER_APP_NAMES_H
#define CONCORDAT_SERVER_APP_NAMES_H

#include "call/call.h"

/* On one line, in characters that can be seen, and not only spaces. An absent one is fine. */
bool name_is_visible(struct text name);
/* The same of a member of what is asked: false when the call has been answered. */
bool name_check(struct call *call, const char *pointer, struct text name)
	__attribute__((warn_unused_result));
/* In small letters; false (and nothing done) when it is no address. */
bool email_fold(struct arena *arena, struct text *email);
/* Of the United Kingdom, in capitals with one space: "SW1A 1AA"; false (and nothing done) when it
 * has no such form. */
bool postcode_fold(struct arena *arena, struct text *postcode);
/* Seven to fifteen digits, with spaces, brackets and dashes between and a plus in front. */
bool telephone_is_sound(struct text telephone);

#endif
