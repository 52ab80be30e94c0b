/*
 * test_webhook_send.c - what a program's answer means, against a listener with a script.
 *
 * The listener runs in a thread: it takes one request, keeps it, and answers with the script's
 * bytes.
 */
#include <arpa/inet.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "jobs/webhook_send.h"

#define BODY "{\"specversion\":\"1.0\"}"

struct server {
	const char *answer;
	size_t more;	/* bytes of a body behind it, at once */
	bool drips;	/* and then on, a byte at a time, until the other side has gone */
	bool is_silent; /* says nothing until the other side has gone */
	int listener, port;
	pthread_t thread;
	int taken; /* connections */
	char request[4096];
	size_t request_len;
};

static bool is_whole(const struct server *server)
{
	const char *end = strstr(server->request, "\r\n\r\n");

	return end && strstr(end, BODY);
}

static void read_request(struct server *server, int fd)
{
	while (!is_whole(server) && server->request_len < sizeof(server->request) - 1) {
		ssize_t n = read(fd, server->request + server->request_len,
				 sizeof(server->request) - 1 - server->request_len);

		if (n <= 0)
			return;
		server->request_len += (size_t)n;
	}
}

static void answer(struct server *server, int fd)
{
	char piece[4096], byte;
	struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};

	memset(piece, 'x', sizeof(piece));
	if (server->is_silent) {
		while (read(fd, &byte, 1) > 0)
			;
		return;
	}
	if (send(fd, server->answer, strlen(server->answer), MSG_NOSIGNAL) < 0)
		return;
	for (size_t left = server->more; left > 0; left -= sizeof(piece))
		if (left < sizeof(piece) || send(fd, piece, sizeof(piece), MSG_NOSIGNAL) < 0)
			return;
	while (server->drips && send(fd, "x", 1, MSG_NOSIGNAL) == 1)
		nanosleep(&pause, NULL);
}

static void *serve(void *context)
{
	struct server *server = context;
	int fd;

	while ((fd = accept(server->listener, NULL, NULL)) >= 0) {
		server->taken++;
		read_request(server, fd);
		answer(server, fd);
		close(fd);
	}
	return NULL;
}

static void server_start(struct server *server)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);

	server->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(server->listener >= 0);
	assert_int_equal(bind(server->listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(server->listener, 4), 0);
	assert_int_equal(getsockname(server->listener, (struct sockaddr *)&at, &size), 0);
	server->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void server_stop(struct server *server)
{
	shutdown(server->listener, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->listener);
}

static struct webhook_sending sending;
static char url[100];
static struct attempt tried;

/* One try at the server, or at another host with its port. */
static void try_at(struct server *server, const char *format, bool private_too, int64_t timeout_ms)
{
	static struct config config;

	config.webhook_private_targets = private_too;
	server_start(server);
	snprintf(url, sizeof(url), format, server->port);
	sending = (struct webhook_sending){
		.url = url,
		.headers = {"content-type: application/cloudevents+json",
			    "expect:", "webhook-id: an-id", "webhook-timestamp: 1614265330",
			    "webhook-signature: v1,AA== v1,BB=="},
		.body = TEXT(BODY),
	};
	memset(&tried, 0, sizeof(tried));
	tried.config = &config;
	tried.timeout_ms = timeout_ms;
	tried.own = &sending;
	webhook_run(&tried);
	server_stop(server);
}

static void try_answer(const char *words)
{
	struct server server = {.answer = words};

	try_at(&server, "http://127.0.0.1:%d/hook?a=b", true, 5000);
}

static void assert_answer(const char *begins)
{
	tried.answer[tried.answer_len] = '\0';
	if (strncmp(tried.answer, begins, strlen(begins)) != 0)
		fail_msg("it says: %s", tried.answer);
}

#define EMPTY "content-length: 0\r\n\r\n"

static void only_a_2xx_is_taken(void **state)
{
	static const struct {
		const char *answer;
		enum attempt_end end;
		int64_t status, not_before_ms;
	} answers[] = {
		{"HTTP/1.1 200 OK\r\n" EMPTY, ATTEMPT_TAKEN, 200, 0},
		{"HTTP/1.1 204 No Content\r\n\r\n", ATTEMPT_TAKEN, 204, 0},
		{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\n" EMPTY, ATTEMPT_TAKEN, 202,
		 0},
		{"HTTP/1.0 200 OK\r\n\r\nthe end is the connection's", ATTEMPT_TAKEN, 200, 0},
		{"HTTP/1.1 302 Found\r\nlocation: /\r\n" EMPTY, ATTEMPT_LATER, 302, 0},
		{"HTTP/1.1 307 Temporary\r\nlocation: http://127.0.0.1:1/\r\n" EMPTY, ATTEMPT_LATER,
		 307, 0},
		{"HTTP/1.1 400 Bad Request\r\n" EMPTY, ATTEMPT_LATER, 400, 0},
		{"HTTP/1.1 404 Not Found\r\nretry-after: 9\r\n" EMPTY, ATTEMPT_LATER, 404, 0},
		{"HTTP/1.1 410 Gone\r\n" EMPTY, ATTEMPT_REFUSED, 410, 0},
		{"HTTP/1.1 429 Too Many\r\nretry-after: 7\r\n" EMPTY, ATTEMPT_LATER, 429, 7000},
		{"HTTP/1.1 429 Too Many\r\n" EMPTY, ATTEMPT_LATER, 429, 60000},
		{"HTTP/1.1 429 Too Many\r\nretry-after: 99999999\r\n" EMPTY, ATTEMPT_LATER, 429,
		 -1},
		{"HTTP/1.1 429 Too Many\r\nretry-after: soon\r\n" EMPTY, ATTEMPT_LATER, 429, 60000},
		{"HTTP/1.1 500 Oh\r\nretry-after: 9\r\n" EMPTY, ATTEMPT_LATER, 500, 0},
		{"HTTP/1.1 502 Bad Gateway\r\n" EMPTY, ATTEMPT_LATER, 502, 60000},
		{"HTTP/1.1 503 Unavailable\r\n" EMPTY, ATTEMPT_LATER, 503, 0},
		{"HTTP/1.1 503 Unavailable\r\nretry-after: 3\r\n" EMPTY, ATTEMPT_LATER, 503, 3000},
		{"HTTP/1.1 504 Timeout\r\nretry-after: 2\r\n" EMPTY, ATTEMPT_LATER, 504, 2000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		try_answer(answers[i].answer);
		if (tried.end != answers[i].end || tried.status != answers[i].status)
			fail_msg("%s: end %d, status %d", answers[i].answer, (int)tried.end,
				 (int)tried.status);
		if (answers[i].not_before_ms >= 0)
			assert_int_equal(tried.not_before_ms, answers[i].not_before_ms);
		else
			assert_in_range(tried.not_before_ms, 60000, INT64_C(24) * 3600 * 1000);
		assert_true(tried.all_given);
	}
	assert_answer("504 Timeout");
}

static void a_date_to_come_back_at_is_kept_to(void **state)
{
	char words[200], date[40];
	time_t then = time(NULL) + 100;
	struct tm parts;

	(void)state;
	gmtime_r(&then, &parts);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &parts);
	snprintf(words, sizeof(words), "HTTP/1.1 503 Busy\r\nretry-after: %s\r\n" EMPTY, date);
	try_answer(words);
	assert_in_range(tried.not_before_ms, 60000, 100000);
	try_answer("HTTP/1.1 503 Busy\r\nretry-after: Wed, 21 Oct 2015 07:28:00 GMT\r\n" EMPTY);
	assert_int_equal(tried.not_before_ms, 0);
}

static void the_request_is_signed_and_whole(void **state)
{
	struct server server = {.answer = "HTTP/1.1 200 OK\r\n" EMPTY};
	static const char *const parts[] = {
		"POST /hook HTTP/1.1\r\n",
		"\r\ncontent-type: application/cloudevents+json\r\n",
		"\r\nwebhook-id: an-id\r\n",
		"\r\nwebhook-timestamp: 1614265330\r\n",
		"\r\nwebhook-signature: v1,AA== v1,BB==\r\n",
		"\r\nUser-Agent: Concordat/",
		"\r\n\r\n" BODY,
	};

	(void)state;
	try_at(&server, "http://127.0.0.1:%d/hook", true, 5000);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!strstr(server.request, parts[i]))
			fail_msg("%s is not in %s", parts[i], server.request);
	assert_null(strcasestr(server.request, "expect:"));
	assert_null(strcasestr(server.request, "cookie:"));
	assert_null(strcasestr(server.request, "authorization:"));
}

/* "localhost" is a name here: what counts is what it resolves to. */
static void what_resolves_to_no_public_address_is_not_connected_to(void **state)
{
	static const char *const hosts[] = {"https://localhost:%d/", "https://127.0.0.1:%d/",
					    "https://[::ffff:127.0.0.1]:%d/"};

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct server server = {.answer = "HTTP/1.1 200 OK\r\n" EMPTY};

		try_at(&server, hosts[i], false, 5000);
		assert_int_equal(server.taken, 0);
		assert_int_equal(tried.end, ATTEMPT_LATER);
		assert_int_equal(tried.status, 0);
		assert_false(tried.all_given);
		assert_answer("Not connected: its name led to an address that is ");
	}
}

static void plain_http_needs_the_setting(void **state)
{
	struct server server = {.answer = "HTTP/1.1 200 OK\r\n" EMPTY};

	(void)state;
	try_at(&server, "http://127.0.0.1:%d/", false, 5000);
	assert_int_equal(server.taken, 0);
	assert_int_equal(tried.end, ATTEMPT_LATER);
}

static void what_speaks_no_tls_is_tried_again(void **state)
{
	struct server server = {.answer = "HTTP/1.1 200 OK\r\n" EMPTY};

	(void)state;
	try_at(&server, "https://127.0.0.1:%d/", true, 400);
	assert_int_equal(tried.end, ATTEMPT_LATER);
	assert_int_equal(tried.status, 0);
	assert_false(tried.all_given);
	assert_answer("No answer: ");
}

static void a_body_without_end_holds_nothing_up(void **state)
{
	struct server huge = {.answer = "HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\n",
			      .more = (size_t)64 * 1024 * 1024};
	struct server drip = {.answer = "HTTP/1.1 500 Oh\r\ncontent-length: 1000000\r\n\r\n",
			      .drips = true};

	(void)state;
	try_at(&huge, "http://127.0.0.1:%d/", true, 20000);
	assert_int_equal(tried.end, ATTEMPT_TAKEN);
	assert_in_range(sending.taken, 64 * 1024, 512 * 1024);
	try_at(&drip, "http://127.0.0.1:%d/", true, 20000);
	assert_int_equal(tried.end, ATTEMPT_LATER);
	assert_int_equal(tried.status, 500);
	assert_in_range(sending.taken, 1, 1000);
}

static void a_head_without_end_is_no_answer(void **state)
{
	struct server server = {.answer = "HTTP/1.1 200 OK\r\nx: ", .more = (size_t)1024 * 1024};

	(void)state;
	try_at(&server, "http://127.0.0.1:%d/", true, 20000);
	assert_int_equal(tried.end, ATTEMPT_LATER);
	assert_int_equal(tried.status, 0);
	try_answer("HTTP/1.1 200 OK\r\ncontent-le");
	assert_int_equal(tried.end, ATTEMPT_LATER);
	assert_int_equal(tried.status, 0);
	assert_true(tried.all_given);
	try_answer("220 mail.example ESMTP\r\n");
	assert_int_equal(tried.end, ATTEMPT_LATER);
}

static void silence_ends_in_time_and_may_have_been_taken(void **state)
{
	struct server server = {.is_silent = true};

	(void)state;
	try_at(&server, "http://127.0.0.1:%d/", true, 200);
	assert_int_equal(tried.end, ATTEMPT_LATER);
	assert_int_equal(tried.status, 0);
	assert_true(tried.all_given);
	assert_answer("No answer: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_2xx_is_taken),
		cmocka_unit_test(a_date_to_come_back_at_is_kept_to),
		cmocka_unit_test(the_request_is_signed_and_whole),
		cmocka_unit_test(what_resolves_to_no_public_address_is_not_connected_to),
		cmocka_unit_test(plain_http_needs_the_setting),
		cmocka_unit_test(what_speaks_no_tls_is_tried_again),
		cmocka_unit_test(a_body_without_end_holds_nothing_up),
		cmocka_unit_test(a_head_without_end_is_no_answer),
		cmocka_unit_test(silence_ends_in_time_and_may_have_been_taken),
	};

	return cmocka_run_group_tests_name("webhook_send", tests, NULL, NULL);
}
