/*
 * tls.c - the certificate and the rules of TLS, as one context.
 *
 * TLS 1.2 and later, forward secrecy and authenticated encryption only. A reload
 * makes a new context; the old one lives as long as connections hold it. OpenSSL's
 * error queue is shared by the whole thread, so it is cleared on the way in and out.
 */
#include "tls.h"

#include "concordat/http/server.h"

#include <openssl/err.h>
#include <string.h>

/* For TLS 1.2; every suite of TLS 1.3 is as good. */
#define CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20"

/* An encrypted key must fail rather than ask at a terminal nobody watches. */
static int on_passphrase(char *buffer, int size, int writing, void *context)
{
	(void)buffer;
	(void)size;
	(void)writing;
	(void)context;
	return -1;
}

static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_size,
		   const unsigned char *in, unsigned in_size, void *context)
{
	static const char http11[] = "http/1.1";

	(void)ssl;
	(void)context;
	for (unsigned i = 0; i < in_size && in[i] < in_size - i; i += in[i] + 1u) {
		if (in[i] != sizeof(http11) - 1 || memcmp(in + i + 1, http11, in[i]) != 0)
			continue;
		*out = in + i + 1;
		*out_size = in[i];
		return SSL_TLSEXT_ERR_OK;
	}
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static bool load(SSL_CTX *context, const char *certificate, const char *key, const char **step)
{
	*step = "The rules of TLS could not be set";
	if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_cipher_list(context, CIPHERS) != 1)
		return false;
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
					     SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
					  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
					  SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_alpn_select_cb(context, on_alpn, NULL);
	SSL_CTX_set_default_passwd_cb(context, on_passphrase);
	*step = "The TLS certificate could not be read";
	if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1)
		return false;
	*step = "The TLS key could not be read (it must be PEM, without a passphrase)";
	if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
		return false;
	*step = "The TLS key does not belong to the certificate";
	return SSL_CTX_check_private_key(context) == 1;
}

SSL_CTX *tls_context_new(const char *certificate, const char *key, struct arena *arena,
			 struct text *why)
{
	const char *step = "TLS could not be started", *reason;
	SSL_CTX *context;

	ERR_clear_error();
	context = SSL_CTX_new(TLS_server_method());
	if (context && load(context, certificate, key, &step))
		return context;
	reason = ERR_reason_error_string(ERR_peek_last_error());
	*why = text_printf(arena, "%s: %s (certificate %s, key %s).", step,
			   reason ? reason : "no reason given", certificate, key);
	SSL_CTX_free(context);
	ERR_clear_error();
	return NULL;
}

bool http_tls_is_sound(const char *certificate, const char *key, struct arena *arena,
		       int *days_left, struct text *why)
{
	SSL_CTX *context = tls_context_new(certificate, key, arena, why);
	int seconds;

	if (!context)
		return false;
	*days_left = 0;
	if (ASN1_TIME_diff(days_left, &seconds, NULL,
			   X509_get0_notAfter(SSL_CTX_get0_certificate(context))) == 1 &&
	    seconds < 0)
		--*days_left;
	SSL_CTX_free(context);
	return true;
}
