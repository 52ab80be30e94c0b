/* identity.h - tokens: their shape, their digest, and forgetting one that was revoked. */
#ifndef CONCORDAT_SERVER_APP_IDENTITY_H
#define CONCORDAT_SERVER_APP_IDENTITY_H

#include "internal.h"

/* A new secret: "cnc_" and 43 characters of base64url. */
struct text identity_secret(struct arena *arena);
/* What is stored of it: SHA-256 of the whole token, "cnc_" included. */
struct digest identity_digest(struct text secret);
/* So that a token revoked here is not known for seconds more. */
void identity_forget(struct app *app, struct uuid token);

#endif
