/* webhooks.h - what is asked of a webhook, whatever is done with it. */
#ifndef CONCORDAT_SERVER_APP_WEBHOOKS_H
#define CONCORDAT_SERVER_APP_WEBHOOKS_H

#include "call/keyed.h"

/* The one that the path names, for a manager or administrator, of any organisation: their own
 * webhooks only are looked at. Else the call has been answered. */
bool webhook_of_path(struct call *call, struct uuid *webhook) __attribute__((warn_unused_result));

/* The body, which is empty or {}; else the call has been answered. */
bool webhook_says_nothing(struct call *call) __attribute__((warn_unused_result));

#endif
