/*
 * test_tls.c - the edge behind TLS: handshake, rules, deadlines, a new certificate under load.
 *
 * Certificates are made here, self-signed, in a folder of their own. Client and server
 * share one thread: whoever waits turns the loop.
 */
#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "concordat/http/server.h"

#define PATIENCE_MS 10000
#define BIG_BODY (3 * 1024 * 1024)
#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

struct fixture {
	struct arena *arena;
	struct event_base *base;
	struct http_server_options options;
	struct http_server *server;
	struct http_request *held;
	char folder[64], certificate[96], key[96];
	int drained;
};

struct client {
	int fd;
	SSL_CTX *context;
	SSL *ssl;
	char *in;
	size_t size, room;
	bool ended, failed;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#define WAIT_FOR(f, condition)                                       \
	do {                                                         \
		int64_t give_up_ = now_ms() + PATIENCE_MS;           \
		while (!(condition)) {                               \
			if (now_ms() > give_up_)                     \
				fail_msg("never: %s", #condition);   \
			event_base_loop((f)->base, EVLOOP_NONBLOCK); \
			poll(NULL, 0, 1);                            \
		}                                                    \
	} while (0)

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

static struct text problem(struct arena *arena, int status, const char *code, const char *detail,
			   struct text request_id, void *context)
{
	(void)detail;
	(void)request_id;
	(void)context;
	return text_printf(arena, "{\"status\":%d,\"code\":\"%s\"}", status, code);
}

static void on_drained(void *context)
{
	struct fixture *f = context;

	f->drained++;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_new();
	f->base = event_base_new();
	snprintf(f->folder, sizeof(f->folder), "/tmp/concordat-tls-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->certificate, sizeof(f->certificate), "%s/certificate.pem", f->folder);
	snprintf(f->key, sizeof(f->key), "%s/key.pem", f->folder);
	write_certificate(f, 1);
	f->options.address = "127.0.0.1";
	f->options.tls_certificate = f->certificate;
	f->options.tls_key = f->key;
	f->options.limits = http_limits_default;
	f->options.on_request = on_request;
	f->options.problem = problem;
	f->options.context = f;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	http_server_free(f->server);
	event_base_free(f->base);
	arena_free(f->arena);
	unlink(f->certificate);
	unlink(f->key);
	rmdir(f->folder);
	free(f);
	return 0;
}

static void serve(struct fixture *f)
{
	struct text why = TEXT_NONE;

	f->server = http_server_new(f->base, &f->options, f->arena, &why);
	if (!f->server)
		fail_msg("%.*s", TEXT_FMT(why));
}

/* --- the client's side --- */

static struct client *client_new(struct fixture *f)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(http_server_port(f->server)),
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct client *c = calloc(1, sizeof(*c));

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_true(connect(c->fd, (struct sockaddr *)&to, sizeof(to)) == 0 ||
		    errno == EINPROGRESS);
	c->context = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_security_level(c->context, 0);
	c->ssl = SSL_new(c->context);
	SSL_set_fd(c->ssl, c->fd);
	c->room = 4 * 1024 * 1024;
	c->in = calloc(1, c->room);
	return c;
}

static void client_free(struct client *c)
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
static bool not_yet(struct client *c, int result)
{
	int error = SSL_get_error(c->ssl, result);

	ERR_clear_error();
	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		return true;
	c->ended = true;
	c->failed = error != SSL_ERROR_ZERO_RETURN;
	return false;
}

static bool greeted(struct client *c)
{
	int result;

	ERR_clear_error();
	result = SSL_do_handshake(c->ssl);
	return result == 1 || !not_yet(c, result);
}

static void greet(struct fixture *f, struct client *c)
{
	SSL_set_connect_state(c->ssl);
	WAIT_FOR(f, greeted(c));
}

static void client_read(struct client *c)
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

static bool has(struct client *c, const char *needle)
{
	client_read(c);
	return strstr(c->in, needle) != NULL;
}

static bool ended(struct client *c)
{
	client_read(c);
	return c->ended;
}

static void say(struct client *c, const char *words)
{
	assert_int_equal(SSL_write(c->ssl, words, (int)strlen(words)), (int)strlen(words));
}

static long serial_of(const struct client *c)
{
	X509 *x = SSL_get1_peer_certificate(c->ssl);
	long serial;

	assert_non_null(x);
	serial = ASN1_INTEGER_get(X509_get0_serialNumber(x));
	X509_free(x);
	return serial;
}

static bool is_open(struct fixture *f, uint64_t count)
{
	return http_server_stats(f->server).open == count;
}

/* --- cases --- */

static void requests_are_served_over_tls(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(f);
	c = client_new(f);
	greet(f, c);
	assert_false(c->failed);
	say(c, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\ncare" GET("/b"));
	WAIT_FOR(f, has(c, "[/a care]") && has(c, "[/b ]"));
	say(c, "GET /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	WAIT_FOR(f, ended(c));
	assert_non_null(strstr(c->in, "[/c ]"));
	assert_false(c->failed); /* ended by close_notify */
	client_free(c);
	WAIT_FOR(f, is_open(f, 0));
}

static void a_large_answer_arrives_whole_over_tls(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(f);
	c = client_new(f);
	greet(f, c);
	say(c, "GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	WAIT_FOR(f, ended(c));
	assert_false(c->failed);
	assert_true(c->size > BIG_BODY && c->size < BIG_BODY + 1000);
	client_free(c);
}

static void a_refusal_arrives_over_tls(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(f);
	c = client_new(f);
	greet(f, c);
	say(c, "GET / HTTP/1.1\r\n\r\n" GET("/never"));
	WAIT_FOR(f, ended(c));
	assert_false(c->failed);
	assert_non_null(strstr(c->in, "HTTP/1.1 400 Bad Request\r\n"));
	assert_null(strstr(c->in, "never"));
	client_free(c);
}

static void old_versions_and_weak_ciphers_are_refused(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(f);
	c = client_new(f);
	SSL_set_max_proto_version(c->ssl, TLS1_1_VERSION);
	greet(f, c);
	assert_true(c->failed);
	client_free(c);
	c = client_new(f);
	SSL_set_max_proto_version(c->ssl, TLS1_2_VERSION);
	assert_int_equal(SSL_set_cipher_list(c->ssl, "ECDHE-ECDSA-AES256-SHA384"), 1);
	greet(f, c);
	assert_true(c->failed);
	client_free(c);
	c = client_new(f);
	SSL_set_max_proto_version(c->ssl, TLS1_2_VERSION);
	greet(f, c);
	assert_false(c->failed);
	assert_non_null(strstr(SSL_get_cipher_name(c->ssl), "ECDHE-ECDSA-AES"));
	assert_non_null(strstr(SSL_get_cipher_name(c->ssl), "GCM"));
	client_free(c);
	WAIT_FOR(f, is_open(f, 0));
}

static void the_protocol_named_in_the_handshake_is_http_1_1(void **state)
{
	static const unsigned char both[] = "\x02h2\x08http/1.1", h2[] = "\x02h2";
	struct fixture *f = *state;
	const unsigned char *chosen;
	unsigned size;
	struct client *c;

	serve(f);
	c = client_new(f);
	SSL_set_alpn_protos(c->ssl, both, sizeof(both) - 1);
	greet(f, c);
	SSL_get0_alpn_selected(c->ssl, &chosen, &size);
	assert_int_equal(size, 8);
	assert_memory_equal(chosen, "http/1.1", 8);
	client_free(c);
	c = client_new(f);
	SSL_set_alpn_protos(c->ssl, h2, sizeof(h2) - 1);
	greet(f, c);
	assert_true(c->failed);
	client_free(c);
}

static void a_handshake_that_trickles_meets_its_deadline(void **state)
{
	struct fixture *f = *state;
	struct client *c;
	int64_t give_up = now_ms() + PATIENCE_MS;
	char byte;
	ssize_t n = -1;

	f->options.limits.handshake_ms = 50;
	serve(f);
	c = client_new(f);
	/* The start of a hello, then nothing but zero bytes of it. */
	send(c->fd, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11, MSG_NOSIGNAL);
	while (n < 0 && errno != ECONNRESET && now_ms() < give_up) {
		send(c->fd, "", 1, MSG_NOSIGNAL);
		event_base_loop(f->base, EVLOOP_NONBLOCK);
		poll(NULL, 0, 5);
		n = recv(c->fd, &byte, 1, 0);
	}
	assert_true(now_ms() < give_up);
	WAIT_FOR(f, is_open(f, 0));
	client_free(c);
}

static void plain_words_to_a_tls_port_are_closed(void **state)
{
	struct fixture *f = *state;
	struct client *c, *other;

	serve(f);
	other = client_new(f);
	greet(f, other);
	c = client_new(f);
	send(c->fd, GET("/a"), sizeof(GET("/a")) - 1, MSG_NOSIGNAL);
	WAIT_FOR(f, http_server_stats(f->server).accepted == 2 && is_open(f, 1));
	/* Its error is not blamed on the innocent. */
	say(other, GET("/b"));
	WAIT_FOR(f, has(other, "[/b ]"));
	client_free(c);
	client_free(other);
}

static void a_client_that_leaves_is_noticed_over_tls(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	for (int politely = 0; politely < 2; politely++) {
		if (!f->server)
			serve(f);
		f->held = NULL;
		c = client_new(f);
		greet(f, c);
		say(c, GET("/later"));
		WAIT_FOR(f, f->held);
		if (politely)
			SSL_shutdown(c->ssl);
		close(c->fd);
		c->fd = -1;
		WAIT_FOR(f, f->held->gone);
		http_reply(f->held, 200, NULL, 0, TEXT("(nobody)"));
		client_free(c);
	}
	http_server_drain(f->server, on_drained, f);
	WAIT_FOR(f, f->drained == 1);
}

static void a_new_certificate_is_for_new_connections(void **state)
{
	struct fixture *f = *state;
	struct client *old, *new;
	struct text why = TEXT_NONE;

	serve(f);
	old = client_new(f);
	greet(f, old);
	assert_int_equal(serial_of(old), 1);
	say(old, GET("/later"));
	WAIT_FOR(f, f->held);
	write_certificate(f, 2);
	assert_true(http_server_reload_tls(f->server, &why));
	http_reply(f->held, 200, NULL, 0, TEXT("(under the old)"));
	WAIT_FOR(f, has(old, "(under the old)"));
	new = client_new(f);
	greet(f, new);
	assert_int_equal(serial_of(new), 2);
	say(new, GET("/b"));
	say(old, GET("/c"));
	WAIT_FOR(f, has(new, "[/b ]") && has(old, "[/c ]"));
	client_free(old);
	client_free(new);
}

static void a_bad_new_certificate_leaves_the_old_one(void **state)
{
	struct fixture *f = *state;
	struct client *c;
	struct text why = TEXT_NONE;

	serve(f);
	write_nonsense(f->certificate);
	for (int i = 0; i < 2; i++) {
		assert_false(http_server_reload_tls(f->server, &why));
		assert_non_null(strstr(text_cstr(f->arena, why), "certificate could not be read"));
	}
	write_certificate(f, 3);
	write_nonsense(f->key);
	assert_false(http_server_reload_tls(f->server, &why));
	assert_non_null(strstr(text_cstr(f->arena, why), "key could not be read"));
	c = client_new(f);
	greet(f, c);
	assert_int_equal(serial_of(c), 1);
	client_free(c);
}

static void a_server_without_its_certificate_does_not_start(void **state)
{
	struct fixture *f = *state;
	struct text why = TEXT_NONE;

	unlink(f->certificate);
	assert_null(http_server_new(f->base, &f->options, f->arena, &why));
	assert_non_null(strstr(text_cstr(f->arena, why), f->certificate));
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
