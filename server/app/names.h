/* names.h - what the name of an organisation, a home or a person may hold, and an e-mail address.
 */
#ifndef CONCORDAT_SERVER_APP_NAMES_H
#define CONCORDAT_SERVER_APP_NAMES_H

#include "concordat/base/text.h"

/* On one line, in characters that can be seen, and not only spaces. An absent one is fine. */
bool name_is_visible(struct text name);
/* In small letters; false (and nothing done) when it is no address. */
bool email_fold(struct arena *arena, struct text *email);

#endif
