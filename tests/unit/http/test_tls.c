/*
 * test_tls.c - the edge behind TLS: handshake, rules, deadlines, a new certificate under load.
 *
 * Certificates are made here, self-signed, in a folder of their own. Client and server
 * share one thread: whoever waits turns the loop.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>

#include "served.h"

#define BIG_BODY (3 * 1024 * 1024)

struct fixture {
	struct edge edge;
	struct http_request *held;
	char folder[64], certificate[96], key[96];
};

struct tls_client {
	int fd;
	SSL_CTX *context;
	SSL *ssl;
	char *in;
	size_t size, room;
	bool ended, failed;
};

/* --- certificates --- */

/* Writes a certificate with this serial number, and its key. */
static void write_certificate(struct fixture *f, long serial)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);
	FILE *out;

	assert_non_null(key);
	ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
	X509_gmtime_adj(X509_getm_notBefore(x), -60);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"care.example",
				   -1, -1, 0);
	X509_set_issuer_name(x, name);
	X509_set_pubkey(x, key);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	out = fopen(f->certificate, "w");
	assert_non_null(out);
	PEM_write_X509(out, x);
	fclose(out);
	out = fopen(f->key, "w");
	assert_non_null(out);
	PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
	fclose(out);
	X509_free(x);
	EVP_PKEY_free(key);
}

static void write_nonsense(const char *path)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fputs("not a certificate\n", out);
	fclose(out);
}

/* --- the server's side --- */

static void on_request(struct http_request *request, void *context)
{
	struct fixture *f = context;

	if (text_is(request->path, "/later"))
		f->held = request;
	else if (text_is(request->path, "/big"))
		http_reply(request, 200, NULL, 0,
			   (struct text){arena_alloc(request->arena, BIG_BODY), BIG_BODY});
	else
		http_reply(request, 200, NULL, 0,
			   text_printf(request->arena, "[%.*s %.*s]", TEXT_FMT(request->path),
				       TEXT_FMT(request->body)));
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	edge_begin(&f->edge, on_request);
	snprintf(f->folder, sizeof(f->folder), "/tmp/concordat-tls-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->certificate, sizeof(f->certificate), "%s/certificate.pem", f->folder);
	snprintf(f->key, sizeof(f->key), "%s/key.pem", f->folder);
	write_certificate(f, 1);
	f->edge.options.tls_certificate = f->certificate;
	f->edge.options.tls_key = f->key;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	edge_end(&f->edge);
	unlink(f->certificate);
	unlink(f->key);
	rmdir(f->folder);
	free(f);
	return 0;
}

/* --- the client's side --- */

static struct tls_client *tls_client_new(struct fixture *f)
{
	struct tls_client *c = calloc(1, sizeof(*c));

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	edge_connect(&f->edge, c->fd);
	c->context = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_security_level(c->context, 0);
	c->ssl = SSL_new(c->context);
	SSL_set_fd(c->ssl, c->fd);
	c->room = 4 * 1024 * 1024;
	c->in = calloc(1, c->room);
	return c;
}

static void tls_client_free(struct tls_client *c)
{
	SSL_free(c->ssl);
	SSL_CTX_free(c->context);
	if (c->fd >= 0)
		close(c->fd);
	free(c->in);
	free(c);
	ERR_clear_error();
}

/* Notes an end or a failure; true when there is something to wait for. */
static bool not_yet(struct tls_client *c, int result)
{
	int error = SSL_get_error(c->ssl, result);

	ERR_clear_error();
	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		return true;
	c->ended = true;
	c->failed = error != SSL_ERROR_ZERO_RETURN;
	return false;
}

static bool greeted(struct tls_client *c)
{
	int result;

	ERR_clear_error();
	result = SSL_do_handshake(c->ssl);
	return result == 1 || !not_yet(c, result);
}

static void greet(struct fixture *f, struct tls_client *c)
{
	SSL_set_connect_state(c->ssl);
	WAIT_FOR(f, greeted(c));
}

static void tls_client_read(struct tls_client *c)
{
	int n;

	while (!c->ended && c->size + 1 < c->room) {
		ERR_clear_error();
		n = SSL_read(c->ssl, c->in + c->size, (int)(c->room - c->size - 1));
		if (n > 0)
			c->size += (size_t)n;
		else if (not_yet(c, n))
			break;
	}
	c->in[c->size] = '\0';
}

static bool tls_has(struct tls_client *c, const char *needle)
{
	tls_client_read(c);
	return strstr(c->in, needle) != NULL;
}

static bool tls_ended(struct tls_client *c)
{
	tls_client_read(c);
	return c->ended;
}

static void say(struct tls_client *c, const char *words)
{
	assert_int_equal(SSL_write(c->ssl, words, (int)strlen(words)), (int)strlen(words));
}

static long serial_of(const struct tls_client *c)
{
	X509 *x = SSL_get1_peer_certificate(c->ssl);
	long serial;

	assert_non_null(x);
	serial = ASN1_INTEGER_get(X509_get0_serialNumber(x));
	X509_free(x);
	return serial;
}

/* --- cases --- */

static void requests_are_served_over_tls(void **state)
{
	struct fixture *f = *state;
	struct tls_client *c;

	serve(&f->edge);
	c = tls_client_new(f);
	greet(f, c);
	assert_false(c->failed);
	say(c, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\ncare" GET("/b"));
	WAIT_FOR(f, tls_has(c, "[/a care]") && tls_has(c, "[/b ]"));
	say(c, "GET /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	WAIT_FOR(f, tls_ended(c));
	assert_non_null(strstr(c->in, "[/c ]"));
	assert_false(c->failed); /* ended by close_notify */
	tls_client_free(c);
	WAIT_FOR(f, is_open(&f->edge, 0));
}

static void a_large_answer_arrives_whole_over_tls(void **state)
{
	struct fixture *f = *state;
	struct tls_client *c;

	serve(&f->edge);
	c = tls_client_new(f);
	greet(f, c);
	say(c, "GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	WAIT_FOR(f, tls_ended(c));
	assert_false(c->failed);
	assert_true(c->size > BIG_BODY && c->size < BIG_BODY + 1000);
	tls_client_free(c);
}

static void a_refusal_arrives_over_tls(void **state)
{
	struct fixture *f = *state;
	struct tls_client *c;

	serve(&f->edge);
	c = tls_client_new(f);
	greet(f, c);
	say(c, "GET / HTTP/1.1\r\n\r\n" GET("/never"));
	WAIT_FOR(f, tls_ended(c));
	assert_false(c->failed);
	assert_non_null(strstr(c->in, "HTTP/1.1 400 Bad Request\r\n"));
	assert_null(strstr(c->in, "never"));
	tls_client_free(c);
}

static void old_versions_and_weak_ciphers_are_refused(void **state)
{
	struct fixture *f = *state;
	struct tls_client *c;

	serve(&f->edge);
	c = tls_client_new(f);
	SSL_set_max_proto_version(c->ssl, TLS1_1_VERSION);
	greet(f, c);
	assert_true(c->failed);
	tls_client_free(c);
	c = tls_client_new(f);
	SSL_set_max_proto_version(c->ssl, TLS1_2_VERSION);
	assert_int_equal(SSL_set_cipher_list(c->ssl, "ECDHE-ECDSA-AES256-SHA384"), 1);
	greet(f, c);
	assert_true(c->failed);
	tls_client_free(c);
	c = tls_client_new(f);
	SSL_set_max_proto_version(c->ssl, TLS1_2_VERSION);
	greet(f, c);
	assert_false(c->failed);
	assert_non_null(strstr(SSL_get_cipher_name(c->ssl), "ECDHE-ECDSA-AES"));
	assert_non_null(strstr(SSL_get_cipher_name(c->ssl), "GCM"));
	tls_client_free(c);
	WAIT_FOR(f, is_open(&f->edge, 0));
}

static void the_protocol_named_in_the_handshake_is_http_1_1(void **state)
{
	static const unsigned char both[] = "\x02h2\x08http/1.1", h2[] = "\x02h2";
	struct fixture *f = *state;
	const unsigned char *chosen;
	unsigned size;
	struct tls_client *c;

	serve(&f->edge);
	c = tls_client_new(f);
	SSL_set_alpn_protos(c->ssl, both, sizeof(both) - 1);
	greet(f, c);
	SSL_get0_alpn_selected(c->ssl, &chosen, &size);
	assert_int_equal(size, 8);
	assert_memory_equal(chosen, "http/1.1", 8);
	tls_client_free(c);
	c = tls_client_new(f);
	SSL_set_alpn_protos(c->ssl, h2, sizeof(h2) - 1);
	greet(f, c);
	assert_true(c->failed);
	tls_client_free(c);
}

static void a_handshake_that_trickles_meets_its_deadline(void **state)
{
	struct fixture *f = *state;
	struct tls_client *c;
	int64_t give_up = now_ms() + PATIENCE_MS;
	char byte;
	ssize_t n = -1;

	f->edge.options.limits.handshake_ms = 50;
	serve(&f->edge);
	c = tls_client_new(f);
	/* The start of a hello, then nothing but zero bytes of it. */
	send(c->fd, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11, MSG_NOSIGNAL);
	while (n < 0 && errno != ECONNRESET && now_ms() < give_up) {
		send(c->fd, "", 1, MSG_NOSIGNAL);
		event_base_loop(f->edge.base, EVLOOP_NONBLOCK);
		poll(NULL, 0, 5);
		n = recv(c->fd, &byte, 1, 0);
	}
	assert_true(now_ms() < give_up);
	WAIT_FOR(f, is_open(&f->edge, 0));
	tls_client_free(c);
}

static void plain_words_to_a_tls_port_are_closed(void **state)
{
	struct fixture *f = *state;
	struct tls_client *c, *other;

	serve(&f->edge);
	other = tls_client_new(f);
	greet(f, other);
	c = tls_client_new(f);
	send(c->fd, GET("/a"), sizeof(GET("/a")) - 1, MSG_NOSIGNAL);
	WAIT_FOR(f, http_server_stats(f->edge.server).accepted == 2 && is_open(&f->edge, 1));
	/* Its error is not blamed on the innocent. */
	say(other, GET("/b"));
	WAIT_FOR(f, tls_has(other, "[/b ]"));
	tls_client_free(c);
	tls_client_free(other);
}

static void a_client_that_leaves_is_noticed_over_tls(void **state)
{
	struct fixture *f = *state;
	struct tls_client *c;

	for (int politely = 0; politely < 2; politely++) {
		if (!f->edge.server)
			serve(&f->edge);
		f->held = NULL;
		c = tls_client_new(f);
		greet(f, c);
		say(c, GET("/later"));
		WAIT_FOR(f, f->held);
		if (politely)
			SSL_shutdown(c->ssl);
		close(c->fd);
		c->fd = -1;
		WAIT_FOR(f, f->held->gone);
		http_reply(f->held, 200, NULL, 0, TEXT("(nobody)"));
		tls_client_free(c);
	}
	http_server_drain(f->edge.server, on_drained, &f->edge);
	WAIT_FOR(f, f->edge.drained == 1);
}

static void a_new_certificate_is_for_new_connections(void **state)
{
	struct fixture *f = *state;
	struct tls_client *old, *new;
	struct text why = TEXT_NONE;

	serve(&f->edge);
	old = tls_client_new(f);
	greet(f, old);
	assert_int_equal(serial_of(old), 1);
	say(old, GET("/later"));
	WAIT_FOR(f, f->held);
	write_certificate(f, 2);
	assert_true(http_server_reload_tls(f->edge.server, &why));
	http_reply(f->held, 200, NULL, 0, TEXT("(under the old)"));
	WAIT_FOR(f, tls_has(old, "(under the old)"));
	new = tls_client_new(f);
	greet(f, new);
	assert_int_equal(serial_of(new), 2);
	say(new, GET("/b"));
	say(old, GET("/c"));
	WAIT_FOR(f, tls_has(new, "[/b ]") && tls_has(old, "[/c ]"));
	tls_client_free(old);
	tls_client_free(new);
}

static void a_bad_new_certificate_leaves_the_old_one(void **state)
{
	struct fixture *f = *state;
	struct tls_client *c;
	struct text why = TEXT_NONE;

	serve(&f->edge);
	write_nonsense(f->certificate);
	for (int i = 0; i < 2; i++) {
		assert_false(http_server_reload_tls(f->edge.server, &why));
		assert_non_null(
			strstr(text_cstr(f->edge.arena, why), "certificate could not be read"));
	}
	write_certificate(f, 3);
	write_nonsense(f->key);
	assert_false(http_server_reload_tls(f->edge.server, &why));
	assert_non_null(strstr(text_cstr(f->edge.arena, why), "key could not be read"));
	c = tls_client_new(f);
	greet(f, c);
	assert_int_equal(serial_of(c), 1);
	tls_client_free(c);
}

static void a_server_without_its_certificate_does_not_start(void **state)
{
	struct fixture *f = *state;
	struct text why = TEXT_NONE;

	unlink(f->certificate);
	assert_null(http_server_new(f->edge.base, &f->edge.options, f->edge.arena, &why));
	assert_non_null(strstr(text_cstr(f->edge.arena, why), f->certificate));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(requests_are_served_over_tls),
		TEST(a_large_answer_arrives_whole_over_tls),
		TEST(a_refusal_arrives_over_tls),
		TEST(old_versions_and_weak_ciphers_are_refused),
		TEST(the_protocol_named_in_the_handshake_is_http_1_1),
		TEST(a_handshake_that_trickles_meets_its_deadline),
		TEST(plain_words_to_a_tls_port_are_closed),
		TEST(a_client_that_leaves_is_noticed_over_tls),
		TEST(a_new_certificate_is_for_new_connections),
		TEST(a_bad_new_certificate_leaves_the_old_one),
		TEST(a_server_without_its_certificate_does_not_start),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("http/tls", tests, NULL, NULL);
}
