/*
 * test_server.c - the edge on a real socket: lives of connections and requests.
 *
 * The handler answers by path; /later keeps the request until the test answers.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>

#include "concordat/base/report.h"
#include "served.h"

#define HELD_MOST 8
#define BIG_BODY (16 * 1024 * 1024)

struct fixture {
	struct edge edge;
	struct http_request *held[HELD_MOST];
	size_t held_count;
	uint64_t handled;
};

/* --- the server's side --- */

static void on_request(struct http_request *request, void *context)
{
	static const struct http_header plain = {{"Content-Type", 12}, {"text/plain", 10}};
	struct fixture *f = context;

	f->handled++;
	if (text_is(request->path, "/later")) {
		assert_true(f->held_count < HELD_MOST);
		f->held[f->held_count++] = request;
	} else if (text_is(request->path, "/big")) {
		http_reply(request, 200, &plain, 1,
			   (struct text){arena_alloc(request->arena, BIG_BODY), BIG_BODY});
	} else {
		http_reply(request, 200, &plain, 1,
			   text_printf(request->arena, "[%.*s %.*s %.*s]",
				       TEXT_FMT(request->method_name), TEXT_FMT(request->path),
				       TEXT_FMT(request->body)));
	}
}

static void on_tick(evutil_socket_t unused, short what, void *context)
{
	(void)unused;
	(void)what;
	(void)context;
}

/* How often the loop wakes in a quarter of a second when only a slow tick is its own. */
static int count_turns(struct fixture *f)
{
	static const struct timeval fiftieth = {0, 20000};
	struct event *tick = event_new(f->edge.base, -1, EV_PERSIST, on_tick, NULL);
	int64_t until = now_ms() + 250;
	int turns = 0;

	event_add(tick, &fiftieth);
	while (now_ms() < until) {
		event_base_loop(f->edge.base, EVLOOP_ONCE);
		turns++;
	}
	event_free(tick);
	return turns;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	edge_begin(&f->edge, on_request);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	edge_end(&f->edge);
	free(f);
	return 0;
}

/* --- the client's side --- */

static void client_leave(struct client *c, bool rudely)
{
	static const struct linger reset = {1, 0};

	if (rudely)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(c->fd);
	c->fd = -1;
}

static size_t count_of(const struct client *c, const char *needle)
{
	size_t n = 0;

	for (const char *at = c->in; (at = strstr(at, needle)); at += strlen(needle))
		n++;
	return n;
}

static void forget_input(struct client *c)
{
	c->size = 0;
	c->in[0] = '\0';
}

/* Sends all of it, turning the loop (and reading) when the socket is full. */
static void say_bytes(struct fixture *f, struct client *c, const char *bytes, size_t size)
{
	int64_t give_up = now_ms() + PATIENCE_MS;
	ssize_t n;

	while (size > 0) {
		n = send(c->fd, bytes, size, MSG_NOSIGNAL);
		if (n > 0) {
			bytes += n;
			size -= (size_t)n;
		} else if (errno != EAGAIN && errno != EINPROGRESS && errno != ENOTCONN) {
			return;
		}
		client_read(c);
		turn(&f->edge);
		assert_true(now_ms() < give_up);
	}
}

static void say(struct fixture *f, struct client *c, const char *words)
{
	say_bytes(f, c, words, strlen(words));
}

static void answer_held(struct fixture *f, size_t i, const char *body)
{
	http_reply(f->held[i], 200, NULL, 0, text_of(body));
}

/* --- keeping a connection --- */

static void a_connection_serves_one_request_after_another(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(&f->edge);
	c = client_new(&f->edge);
	for (int i = 0; i < 3; i++) {
		say(f, c, GET("/a"));
		WAIT_FOR(f, has(c, "[GET /a ]"));
		assert_non_null(strstr(c->in, "HTTP/1.1 200 OK\r\nDate: "));
		assert_non_null(strstr(c->in, "X-Request-Id: "));
		assert_non_null(strstr(c->in, "Connection: keep-alive\r\n"));
		forget_input(c);
	}
	assert_int_equal(http_server_stats(f->edge.server).requests, 3);
	assert_int_equal(http_server_stats(f->edge.server).accepted, 1);
	say(f, c, "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	WAIT_FOR(f, ended(c));
	assert_false(c->reset);
	assert_non_null(strstr(c->in, "Connection: close\r\n"));
	client_free(c);
	WAIT_FOR(f, is_open(&f->edge, 0));
}

static void a_1_0_request_is_the_last(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(&f->edge);
	c = client_new(&f->edge);
	say(f, c, "GET /a HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n");
	WAIT_FOR(f, ended(c));
	assert_non_null(strstr(c->in, "Connection: close\r\n"));
	assert_non_null(strstr(c->in, "[GET /a ]"));
	client_free(c);
}

static void a_head_request_gets_a_length_and_no_body(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(&f->edge);
	c = client_new(&f->edge);
	say(f, c, "HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n" GET("/b"));
	WAIT_FOR(f, has(c, "[GET /b ]"));
	assert_int_equal(count_of(c, "[HEAD"), 0);
	assert_non_null(strstr(c->in, "Content-Length: 10\r\n"));
	forget_input(c);
	say(f, c, "HEAD /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n");
	WAIT_FOR(f, ended(c));
	assert_non_null(strstr(c->in, "HTTP/1.1 400 Bad Request\r\n"));
	assert_string_equal(c->in + c->size - 4, "\r\n\r\n");
	client_free(c);
}

static void pipelined_requests_are_handled_one_at_a_time_in_order(void **state)
{
	struct fixture *f = *state;
	struct client *c;
	const char *first, *second;

	serve(&f->edge);
	c = client_new(&f->edge);
	say(f, c, GET("/later") GET("/later") GET("/third"));
	WAIT_FOR(f, f->held_count == 1);
	for (int i = 0; i < 20; i++)
		turn(&f->edge);
	assert_int_equal(f->handled, 1);
	answer_held(f, 0, "(first)");
	WAIT_FOR(f, f->held_count == 2);
	assert_int_equal(f->handled, 2);
	answer_held(f, 1, "(second)");
	WAIT_FOR(f, has(c, "[GET /third ]"));
	first = strstr(c->in, "(first)");
	second = strstr(c->in, "(second)");
	assert_true(first && second && first < second && second < strstr(c->in, "/third"));
	client_free(c);
}

static void ten_thousand_pipelined_requests_are_all_answered(void **state)
{
	struct fixture *f = *state;
	struct client *c;
	struct writer w;
	size_t answers = 0;
	struct text all;

	serve(&f->edge);
	writer_init(&w, f->edge.arena);
	for (int i = 0; i < 10000; i++)
		writer_puts(&w, GET("/p"));
	all = writer_text(&w);
	c = client_new(&f->edge);
	for (size_t at = 0; at < all.len; at += 1000) {
		say_bytes(f, c, all.at + at, all.len - at < 1000 ? all.len - at : 1000);
		if (c->size > c->room / 2) {
			WAIT_FOR(f, has(c, "[GET /p ]") && c->in[c->size - 1] == ']');
			answers += count_of(c, "[GET /p ]");
			forget_input(c);
		}
	}
	WAIT_FOR(f, has(c, "") && answers + count_of(c, "[GET /p ]") == 10000);
	assert_int_equal(f->handled, 10000);
	client_free(c);
}

static void what_waits_behind_a_request_is_bounded(void **state)
{
	struct fixture *f = *state;
	struct client *c;
	char filler[65536];
	size_t sent = 0;
	ssize_t n;
	int stuck = 0;

	serve(&f->edge);
	c = client_new(&f->edge);
	say(f, c, GET("/later"));
	WAIT_FOR(f, f->held_count == 1);
	memset(filler, 'A', sizeof(filler));
	/* A socket's own buffers take some megabytes; a server that reads on would take all. */
	while (sent < 256u * 1024 * 1024 && stuck < 200) {
		n = send(c->fd, filler, sizeof(filler), MSG_NOSIGNAL);
		sent += n > 0 ? (size_t)n : 0;
		stuck = n > 0 ? 0 : stuck + 1;
		turn(&f->edge);
	}
	assert_int_equal(stuck, 200);
	assert_true(count_turns(f) < 40);
	answer_held(f, 0, "(done)");
	WAIT_FOR(f, has(c, "HTTP/1.1 400 Bad Request"));
	assert_non_null(strstr(c->in, "(done)"));
	client_free(c);
}

/* --- refusing --- */

static void a_refused_request_ends_the_connection_and_nothing_behind_it_runs(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(&f->edge);
	c = client_new(&f->edge);
	say(f, c, GET("/a") "GET / HTTP/1.1\r\n\r\n" GET("/never"));
	WAIT_FOR(f, ended(c));
	assert_false(c->reset);
	assert_non_null(strstr(c->in, "[GET /a ]"));
	assert_non_null(strstr(c->in, "HTTP/1.1 400 Bad Request\r\n"));
	assert_non_null(strstr(c->in, "Content-Type: application/problem+json\r\n"));
	assert_non_null(strstr(c->in, "{\"status\":400,\"code\":\"malformed_host\"}"));
	assert_int_equal(f->handled, 1);
	assert_int_equal(http_server_stats(f->edge.server).refused, 1);
	client_free(c);
	WAIT_FOR(f, is_open(&f->edge, 0));
}

static void a_client_still_sending_gets_the_refusal_and_no_reset(void **state)
{
	struct fixture *f = *state;
	size_t size = 2 * 1024 * 1024;
	char *body = arena_alloc(f->edge.arena, size);
	struct client *c;

	serve(&f->edge);
	c = client_new(&f->edge);
	say(f, c, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2097152\r\n\r\n");
	say_bytes(f, c, body, size);
	WAIT_FOR(f, ended(c));
	assert_false(c->reset);
	assert_non_null(strstr(c->in, "HTTP/1.1 413 Content Too Large\r\n"));
	assert_int_equal(f->handled, 0);
	client_free(c);
	WAIT_FOR(f, is_open(&f->edge, 0));
}

static void a_client_that_never_goes_is_closed_after_lingering(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	f->edge.options.limits.linger_ms = 50;
	serve(&f->edge);
	c = client_new(&f->edge);
	say(f, c, "GARBAGE\r\n");
	WAIT_FOR(f, ended(c));
	WAIT_FOR(f, is_open(&f->edge, 0));
	assert_non_null(strstr(c->in, "HTTP/1.1 400 Bad Request\r\n"));
	client_free(c);
}

/* --- bodies --- */

static void a_client_that_asks_to_go_on_is_told_to(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(&f->edge);
	c = client_new(&f->edge);
	say(f, c,
	    "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
	WAIT_FOR(f, has(c, "HTTP/1.1 100 Continue\r\n\r\n"));
	assert_int_equal(f->handled, 0);
	say(f, c, "care");
	WAIT_FOR(f, has(c, "[POST /a care]"));
	assert_int_equal(count_of(c, "100 Continue"), 1);
	client_free(c);
}

static void a_body_that_would_be_refused_is_not_asked_for(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(&f->edge);
	c = client_new(&f->edge);
	say(f, c,
	    "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\nExpect: "
	    "100-continue\r\n\r\n");
	WAIT_FOR(f, ended(c));
	assert_int_equal(count_of(c, "100 Continue"), 0);
	assert_non_null(strstr(c->in, "HTTP/1.1 413 Content Too Large\r\n"));
	client_free(c);
}

static int64_t a_megabyte(enum http_method method, struct text path, void *context)
{
	(void)method;
	(void)path;
	(void)context;
	return 1 << 20;
}

static void few_large_bodies_are_taken_at_once(void **state)
{
	static const char large[] =
		"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\nExpect: "
		"100-continue\r\n\r\n";
	struct fixture *f = *state;
	struct client *sending[16], *c;

	f->edge.options.body_limit = a_megabyte;
	serve(&f->edge);
	for (size_t i = 0; i < 16; i++) {
		sending[i] = client_new(&f->edge);
		say(f, sending[i], large);
		WAIT_FOR(f, has(sending[i], "100 Continue"));
	}
	c = client_new(&f->edge);
	say(f, c, large);
	WAIT_FOR(f, ended(c));
	assert_non_null(strstr(c->in, "HTTP/1.1 503 "));
	assert_non_null(strstr(c->in, "\"busy\""));
	client_free(c);
	/* what is no larger than usual is not held up, and who leaves makes room */
	c = client_new(&f->edge);
	say(f, c, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\ncare");
	WAIT_FOR(f, has(c, "[POST /a care]"));
	client_leave(sending[0], false);
	WAIT_FOR(f, is_open(&f->edge, 16));
	say(f, c, large);
	WAIT_FOR(f, has(c, "100 Continue"));
	client_free(c);
	for (size_t i = 0; i < 16; i++)
		client_free(sending[i]);
}

static void chunks_that_come_byte_by_byte_make_one_body(void **state)
{
	static const char bytes[] =
		"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
		"3\r\nfee\r\n6\r\n review\r\n0\r\n\r\n";
	struct fixture *f = *state;
	struct client *c;

	serve(&f->edge);
	c = client_new(&f->edge);
	say_bytes(f, c, bytes, sizeof(bytes) - 1 - 15);
	for (size_t i = sizeof(bytes) - 1 - 15; i < sizeof(bytes) - 1; i++)
		say_bytes(f, c, bytes + i, 1);
	WAIT_FOR(f, has(c, "HTTP/1.1 400")); /* " review" is seven bytes */
	client_free(c);
	c = client_new(&f->edge);
	say(f, c, "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (const char *at = "3\r\nfee\r\n7\r\n review\r\n0\r\n\r\n"; *at; at++)
		say_bytes(f, c, at, 1);
	WAIT_FOR(f, has(c, "[POST /a fee review]"));
	client_free(c);
}

/* --- deadlines --- */

static void a_head_that_trickles_meets_its_deadline(void **state)
{
	struct fixture *f = *state;
	struct client *c;
	int64_t began = now_ms();

	f->edge.options.limits.head_ms = 60;
	serve(&f->edge);
	c = client_new(&f->edge);
	say(f, c, "GET / HTTP/1.1\r\nX-Drip: ");
	/* A byte in each turn never buys more time. */
	while (!ended(c) && now_ms() < began + PATIENCE_MS) {
		send(c->fd, "d", 1, MSG_NOSIGNAL);
		turn(&f->edge);
		poll(NULL, 0, 5);
	}
	assert_non_null(strstr(c->in, "HTTP/1.1 408 Request Timeout\r\n"));
	assert_int_equal(f->handled, 0);
	client_free(c);
}

static void a_body_that_stalls_meets_its_deadline(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	f->edge.options.limits.body_ms = 50;
	serve(&f->edge);
	c = client_new(&f->edge);
	say(f, c, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabc");
	WAIT_FOR(f, ended(c));
	assert_non_null(strstr(c->in, "HTTP/1.1 408 Request Timeout\r\n"));
	client_free(c);
}

/* A byte in each turn, of a length or of chunks, never buys more time either. */
static void a_body_that_trickles_meets_its_deadline(void **state)
{
	static const char *const heads[] = {"Content-Length: 100000", "Transfer-Encoding: chunked"};
	static const char *const drips[] = {"d", "1\r\nd\r\n"};
	struct fixture *f = *state;

	f->edge.options.limits.body_ms = 60;
	serve(&f->edge);
	for (int i = 0; i < 2; i++) {
		struct client *c = client_new(&f->edge);
		int64_t began = now_ms();

		say(f, c, "POST /a HTTP/1.1\r\nHost: x\r\n");
		say(f, c, heads[i]);
		say(f, c, "\r\n\r\n");
		while (!ended(c) && now_ms() < began + PATIENCE_MS) {
			send(c->fd, drips[i], strlen(drips[i]), MSG_NOSIGNAL);
			turn(&f->edge);
			poll(NULL, 0, 5);
		}
		assert_true(now_ms() - began >= 60);
		assert_non_null(strstr(c->in, "HTTP/1.1 408 Request Timeout\r\n"));
		client_free(c);
	}
	assert_int_equal(f->handled, 0);
}

static void the_deadlines_are_those_that_are_promised(void **state)
{
	const struct http_limits *limits = &http_limits_default;

	(void)state;
	assert_int_equal(limits->handshake_ms, 10000);
	assert_int_equal(limits->head_ms, 10000);
	assert_int_equal(limits->body_ms, 30000);
	assert_int_equal(limits->idle_ms, 60000);
	assert_int_equal(limits->answer_ms, 60000);
}

static void a_silent_connection_is_closed_without_a_word(void **state)
{
	struct fixture *f = *state;
	struct client *fresh, *idle;

	f->edge.options.limits.head_ms = 50;
	f->edge.options.limits.idle_ms = 50;
	serve(&f->edge);
	fresh = client_new(&f->edge);
	idle = client_new(&f->edge);
	say(f, idle, GET("/a"));
	WAIT_FOR(f, ended(fresh));
	WAIT_FOR(f, ended(idle));
	assert_int_equal(fresh->size, 0);
	assert_int_equal(count_of(idle, "HTTP/1.1"), 1);
	assert_false(fresh->reset || idle->reset);
	WAIT_FOR(f, is_open(&f->edge, 0));
	client_free(fresh);
	client_free(idle);
}

static void a_handler_that_is_late_is_answered_for(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	f->edge.options.limits.answer_ms = 50;
	serve(&f->edge);
	c = client_new(&f->edge);
	say(f, c, GET("/later"));
	WAIT_FOR(f, ended(c));
	assert_non_null(strstr(c->in, "HTTP/1.1 503 Service Unavailable\r\n"));
	assert_non_null(strstr(c->in, "answer_timeout"));
	assert_int_equal(f->held_count, 1);
	assert_true(f->held[0]->gone);
	answer_held(f, 0, "(too late)");
	client_free(c);
	WAIT_FOR(f, is_open(&f->edge, 0));
}

static void a_client_that_does_not_read_is_closed(void **state)
{
	struct fixture *f = *state;
	struct client *c = client_prepare(ROOM_USUAL);
	int least = 1;

	f->edge.options.limits.answer_ms = 100;
	serve(&f->edge);
	setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least));
	edge_connect(&f->edge, c->fd);
	send(c->fd, GET("/big"), sizeof(GET("/big")) - 1, MSG_NOSIGNAL);
	WAIT_FOR(f, f->handled == 1);
	WAIT_FOR(f, is_open(&f->edge, 0));
	client_read(c);
	assert_true(c->size < BIG_BODY);
	client_free(c);
}

/* A little read in each turn shows life, and buys no more time. */
static void a_client_that_reads_a_little_at_a_time_is_closed(void **state)
{
	struct fixture *f = *state;
	struct client *c = client_prepare(ROOM_USUAL);
	int64_t began = now_ms();
	int least = 1;
	char little[64];

	f->edge.options.limits.answer_ms = 100;
	serve(&f->edge);
	setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least));
	edge_connect(&f->edge, c->fd);
	send(c->fd, GET("/big"), sizeof(GET("/big")) - 1, MSG_NOSIGNAL);
	WAIT_FOR(f, f->handled == 1);
	while (!is_open(&f->edge, 0) && now_ms() < began + PATIENCE_MS) {
		(void)!recv(c->fd, little, sizeof(little), 0);
		turn(&f->edge);
		poll(NULL, 0, 5);
	}
	assert_true(is_open(&f->edge, 0));
	assert_true(now_ms() - began >= 100);
	client_free(c);
}

static void a_large_answer_arrives_whole(void **state)
{
	struct fixture *f = *state;
	struct client *c;
	size_t total = 0;

	serve(&f->edge);
	c = client_new(&f->edge);
	say(f, c, "GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	while (!c->ended) {
		WAIT_FOR(f, ended(c) || c->size + 1 == c->room);
		total += c->size;
		c->size = 0;
	}
	assert_false(c->reset);
	assert_true(total > BIG_BODY && total < BIG_BODY + 1000);
	client_free(c);
}

/* --- leaving --- */

static void a_client_that_leaves_is_noticed_and_its_answer_is_still_owed(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(&f->edge);
	c = client_new(&f->edge);
	say(f, c, GET("/later"));
	WAIT_FOR(f, f->held_count == 1);
	assert_false(f->held[0]->gone);
	client_leave(c, true);
	WAIT_FOR(f, f->held[0]->gone);
	assert_true(is_open(&f->edge, 0));
	answer_held(f, 0, "(nobody)");
	turn(&f->edge);
	client_free(c);
}

static void a_client_that_ends_its_sending_gets_every_answer(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(&f->edge);
	c = client_new(&f->edge);
	say(f, c, GET("/later") GET("/b") "GET /unfin");
	shutdown(c->fd, SHUT_WR);
	WAIT_FOR(f, f->held_count == 1);
	for (int i = 0; i < 20; i++)
		turn(&f->edge);
	answer_held(f, 0, "(first)");
	WAIT_FOR(f, ended(c));
	assert_false(c->reset);
	assert_non_null(strstr(c->in, "(first)"));
	assert_non_null(strstr(c->in, "[GET /b ]"));
	assert_int_equal(f->handled, 2);
	WAIT_FOR(f, is_open(&f->edge, 0));
	client_free(c);
}

static void a_client_that_leaves_in_mid_request_is_forgotten(void **state)
{
	static const char *const parts[] = {
		"G", "GET / HTTP/1.1\r\nHost: x\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na"};
	struct fixture *f = *state;
	struct client *c;

	serve(&f->edge);
	for (size_t i = 0; i < 6; i++) {
		c = client_new(&f->edge);
		say(f, c, parts[i % 3]);
		WAIT_FOR(f, http_server_stats(f->edge.server).accepted == i + 1);
		client_leave(c, i < 3);
		WAIT_FOR(f, is_open(&f->edge, 0));
		client_free(c);
	}
	assert_int_equal(f->handled, 0);
	assert_int_equal(http_server_stats(f->edge.server).refused, 0);
}

static void requests_outlive_a_freed_server(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(&f->edge);
	c = client_new(&f->edge);
	say(f, c, GET("/later"));
	WAIT_FOR(f, f->held_count == 1);
	http_server_free(f->edge.server);
	f->edge.server = NULL;
	assert_true(f->held[0]->gone);
	answer_held(f, 0, "(nobody)");
	WAIT_FOR(f, ended(c));
	assert_int_equal(c->size, 0);
	client_free(c);
}

/* --- draining --- */

static void draining_lets_requests_finish_and_closes_the_rest(void **state)
{
	struct fixture *f = *state;
	struct client *idle, *busy, *late;

	serve(&f->edge);
	idle = client_new(&f->edge);
	busy = client_new(&f->edge);
	late = client_prepare(ROOM_USUAL);
	say(f, idle, GET("/a"));
	WAIT_FOR(f, has(idle, "[GET /a ]"));
	say(f, busy, GET("/later") GET("/never"));
	WAIT_FOR(f, f->held_count == 1);
	http_server_drain(f->edge.server, on_drained, &f->edge);
	assert_int_equal(f->edge.drained, 0);
	WAIT_FOR(f, ended(idle));
	edge_connect(&f->edge, late->fd);
	WAIT_FOR(f, ended(late));
	assert_true(late->reset);
	assert_int_equal(f->edge.drained, 0);
	answer_held(f, 0, "(last)");
	WAIT_FOR(f, ended(busy));
	assert_non_null(strstr(busy->in, "Connection: close\r\n"));
	assert_non_null(strstr(busy->in, "(last)"));
	client_leave(busy, false);
	WAIT_FOR(f, f->edge.drained == 1);
	assert_int_equal(f->handled, 2);
	for (int i = 0; i < 20; i++)
		turn(&f->edge);
	assert_int_equal(f->edge.drained, 1);
	client_free(idle);
	client_free(busy);
	client_free(late);
}

static void draining_waits_for_answers_that_go_nowhere(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(&f->edge);
	c = client_new(&f->edge);
	say(f, c, GET("/later"));
	WAIT_FOR(f, f->held_count == 1);
	client_leave(c, true);
	WAIT_FOR(f, f->held[0]->gone);
	http_server_drain(f->edge.server, on_drained, &f->edge);
	for (int i = 0; i < 20; i++)
		turn(&f->edge);
	assert_int_equal(f->edge.drained, 0);
	answer_held(f, 0, "(nobody)");
	assert_int_equal(f->edge.drained, 0);
	WAIT_FOR(f, f->edge.drained == 1);
	client_free(c);
}

static void draining_an_empty_server_is_told_from_the_loop(void **state)
{
	struct fixture *f = *state;

	serve(&f->edge);
	http_server_drain(f->edge.server, on_drained, &f->edge);
	assert_int_equal(f->edge.drained, 0);
	WAIT_FOR(f, f->edge.drained == 1);
}

/* --- admission --- */

static void beyond_the_limit_of_connections_accepting_waits(void **state)
{
	struct fixture *f = *state;
	struct client *a, *b;

	f->edge.options.limits.connections = 1;
	serve(&f->edge);
	a = client_new(&f->edge);
	say(f, a, GET("/a"));
	WAIT_FOR(f, has(a, "[GET /a ]"));
	b = client_new(&f->edge);
	say(f, b, GET("/b"));
	for (int i = 0; i < 50; i++)
		turn(&f->edge);
	assert_true(is_open(&f->edge, 1));
	assert_false(has(b, "HTTP"));
	assert_int_equal(http_server_stats(f->edge.server).accept_paused, 1);
	client_free(a);
	WAIT_FOR(f, has(b, "[GET /b ]"));
	client_free(b);
}

/* Takes every descriptor that is left under a lowered limit; gives how many. */
static size_t take_descriptors(int *taken, size_t most)
{
	size_t n = 0;

	while (n < most && (taken[n] = dup(STDERR_FILENO)) >= 0)
		n++;
	return n;
}

static void without_descriptors_accepting_pauses_and_those_inside_are_served(void **state)
{
	struct fixture *f = *state;
	struct client *inside, *outside, *waiting;
	struct rlimit before, low;
	int taken[256];
	size_t count;

	report_set_level(REPORT_ERROR);
	serve(&f->edge);
	inside = client_new(&f->edge);
	say(f, inside, GET("/a"));
	WAIT_FOR(f, has(inside, "[GET /a ]"));
	outside = client_prepare(ROOM_USUAL);
	waiting = client_prepare(ROOM_USUAL);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	low = (struct rlimit){.rlim_cur = 200, .rlim_max = before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	count = take_descriptors(taken, 256);
	assert_true(count < 256);

	edge_connect(&f->edge, outside->fd);
	WAIT_FOR(f, ended(outside)); /* told so, by way of the spare descriptor */
	assert_non_null(strstr(outside->in, "HTTP/1.1 503 Service Unavailable\r\n"));
	assert_true(http_server_stats(f->edge.server).accept_paused >= 1);
	edge_connect(&f->edge, waiting->fd);
	forget_input(inside);
	say(f, inside, GET("/still"));
	WAIT_FOR(f, has(inside, "[GET /still ]"));

	assert_true(count_turns(f) < 40); /* it does not spin */
	for (size_t i = 0; i < count; i++)
		close(taken[i]);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	if (!has(waiting, "503")) {
		say(f, waiting, GET("/b"));
		WAIT_FOR(f, has(waiting, "[GET /b ]"));
	}
	client_free(waiting);
	waiting = client_new(&f->edge);
	say(f, waiting, GET("/c"));
	WAIT_FOR(f, has(waiting, "[GET /c ]"));
	client_free(inside);
	client_free(outside);
	client_free(waiting);
}

static void an_address_in_use_is_told(void **state)
{
	struct fixture *f = *state;
	struct http_server_options again;
	struct text why = TEXT_NONE;

	serve(&f->edge);
	again = f->edge.options;
	again.port = http_server_port(f->edge.server);
	assert_null(http_server_new(f->edge.base, &again, f->edge.arena, &why));
	assert_non_null(strstr(text_cstr(f->edge.arena, why), "Address already in use"));
	again.address = "not an address";
	assert_null(http_server_new(f->edge.base, &again, f->edge.arena, &why));
	assert_non_null(strstr(text_cstr(f->edge.arena, why), "not an address"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_connection_serves_one_request_after_another),
		TEST(a_1_0_request_is_the_last),
		TEST(a_head_request_gets_a_length_and_no_body),
		TEST(pipelined_requests_are_handled_one_at_a_time_in_order),
		TEST(ten_thousand_pipelined_requests_are_all_answered),
		TEST(what_waits_behind_a_request_is_bounded),
		TEST(a_refused_request_ends_the_connection_and_nothing_behind_it_runs),
		TEST(a_client_still_sending_gets_the_refusal_and_no_reset),
		TEST(a_client_that_never_goes_is_closed_after_lingering),
		TEST(a_client_that_asks_to_go_on_is_told_to),
		TEST(a_body_that_would_be_refused_is_not_asked_for),
		TEST(few_large_bodies_are_taken_at_once),
		TEST(chunks_that_come_byte_by_byte_make_one_body),
		TEST(a_head_that_trickles_meets_its_deadline),
		TEST(a_body_that_stalls_meets_its_deadline),
		TEST(a_body_that_trickles_meets_its_deadline),
		TEST(the_deadlines_are_those_that_are_promised),
		TEST(a_silent_connection_is_closed_without_a_word),
		TEST(a_handler_that_is_late_is_answered_for),
		TEST(a_client_that_does_not_read_is_closed),
		TEST(a_client_that_reads_a_little_at_a_time_is_closed),
		TEST(a_large_answer_arrives_whole),
		TEST(a_client_that_leaves_is_noticed_and_its_answer_is_still_owed),
		TEST(a_client_that_ends_its_sending_gets_every_answer),
		TEST(a_client_that_leaves_in_mid_request_is_forgotten),
		TEST(requests_outlive_a_freed_server),
		TEST(draining_lets_requests_finish_and_closes_the_rest),
		TEST(draining_waits_for_answers_that_go_nowhere),
		TEST(draining_an_empty_server_is_told_from_the_loop),
		TEST(beyond_the_limit_of_connections_accepting_waits),
		TEST(without_descriptors_accepting_pauses_and_those_inside_are_served),
		TEST(an_address_in_use_is_told),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("http/server", tests, NULL, NULL);
}
