/* contact.h - how an organisation is reached: its mailbox, telephone and postal address. */
#ifndef CONCORDAT_SERVER_APP_CONTACT_H
#define CONCORDAT_SERVER_APP_CONTACT_H

#include "concordat/app/parts.h"
#include "concordat/app/schemas.h"

/* E-mail, telephone, three lines, town, postcode: in this order in every statement. */
#define CONTACT_COLUMNS 7

/* Each is true when what was given is absent or sound, and then as it is kept; else the call has
 * been answered. */
bool email_check(struct call *call, struct text *email) __attribute__((warn_unused_result));
bool contact_check(struct call *call, struct contact *contact) __attribute__((warn_unused_result));

void contact_params(const struct contact *contact, struct param *params);
struct contact contact_of(const struct rows *rows, size_t row, int column);
struct postal_address address_of(const struct rows *rows, size_t row, int column);

#endif
