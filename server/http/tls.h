/* tls.h - the certificate and the rules of TLS, as one context. */
#ifndef CONCORDAT_HTTP_TLS_H
#define CONCORDAT_HTTP_TLS_H

#include <openssl/ssl.h>

#include "concordat/base/text.h"

/* From PEM files: a certificate chain and its key. NULL on a fault; *why says which, in arena. Free
 * with SSL_CTX_free; connections made from it hold their own reference. */
SSL_CTX *tls_context_new(const char *certificate, const char *key, struct arena *arena,
			 struct text *why) __attribute__((warn_unused_result));

#endif
