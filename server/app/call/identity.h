/* identity.h - tokens and the secrets of calendar feeds: their shape, their digest, and forgetting
 * a token that was revoked. */
#ifndef CONCORDAT_SERVER_APP_IDENTITY_H
#define CONCORDAT_SERVER_APP_IDENTITY_H

#include "internal.h"

/* A new token: "cnc_" and 43 characters of base64url. */
struct text identity_secret(struct arena *arena);
/* The 43 characters alone. */
struct text identity_feed_secret(struct arena *arena);
/* What is stored of either: SHA-256 of the whole, "cnc_" included. */
struct digest identity_digest(struct text secret);
/* So that a token revoked here is not known for seconds more. */
void identity_forget(struct app *app, struct uuid token);

#endif
