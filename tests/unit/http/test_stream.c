/*
 * test_stream.c - answers without an end, on real sockets: their bytes, their readers, their ends.
 */
#include "served.h"

#define STREAMS 3
#define ROOM (4 * 1024 * 1024)

struct one {
	struct fixture *f;
	struct http_stream *stream;
	int sent, ended;
};

struct fixture {
	struct edge edge;
	struct one ones[STREAMS];
	size_t count;
	int answered;
};

static void on_sent(void *context)
{
	struct one *one = context;

	one->sent++;
}

static void on_end(void *context)
{
	struct one *one = context;

	one->ended++;
	one->stream = NULL;
}

static void on_request(struct http_request *request, void *context)
{
	static const struct http_header type = {{"Content-Type", 12}, {"text/event-stream", 17}};
	struct fixture *f = context;
	struct one *one = &f->ones[f->count++];
	const struct http_stream_writer writer = {on_sent, on_end, one};

	assert_true(f->count <= STREAMS);
	one->stream = http_reply_stream(request, &type, 1, &writer);
}

static void on_answered(const struct http_request *request, int status, size_t body_size,
			void *context)
{
	struct fixture *f = context;

	(void)request;
	(void)body_size;
	f->answered += status == 200;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	edge_begin(&f->edge, on_request);
	f->edge.options.on_answered = on_answered;
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

static struct client *ask(struct fixture *f, const char *words)
{
	static const int room = 4096;
	struct client *c = client_prepare(ROOM);
	size_t before = f->count;

	setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	edge_connect(&f->edge, c->fd);
	WAIT_FOR(f, send(c->fd, words, strlen(words), MSG_NOSIGNAL) == (ssize_t)strlen(words));
	WAIT_FOR(f, f->count > before);
	return c;
}

static bool put(struct fixture *f, size_t i, const char *words)
{
	return http_stream_write(f->ones[i].stream, text_of(words));
}

/* ---- what it is ---- */

static void its_bytes_go_out_as_they_are_written_and_their_end_is_the_connections(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(&f->edge);
	c = ask(f, GET("/"));
	WAIT_FOR(f, has(c, "\r\n\r\n"));
	assert_non_null(strstr(c->in, "HTTP/1.1 200 OK\r\n"));
	assert_non_null(strstr(c->in, "Connection: close\r\n"));
	assert_null(strstr(c->in, "Content-Length"));
	assert_null(strstr(c->in, "Transfer-Encoding"));
	assert_int_equal(f->answered, 1);
	assert_true(put(f, 0, "one"));
	WAIT_FOR(f, has(c, "\r\n\r\none"));
	WAIT_FOR(f, f->ones[0].sent > 1);
	assert_int_equal(http_stream_unsent(f->ones[0].stream), 0);
	assert_true(put(f, 0, "two"));
	assert_int_equal(http_server_stats(f->edge.server).streams, 1);
	http_stream_end(f->ones[0].stream);
	WAIT_FOR(f, ended(c));
	assert_false(c->reset);
	assert_non_null(strstr(c->in, "onetwo"));
	assert_int_equal(f->ones[0].ended, 0);
	assert_int_equal(http_server_stats(f->edge.server).streams, 0);
	client_free(c);
}

static void a_1_0_client_is_served_the_same(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(&f->edge);
	c = ask(f, "GET / HTTP/1.0\r\nHost: x\r\n\r\n");
	assert_true(put(f, 0, "one"));
	http_stream_end(f->ones[0].stream);
	WAIT_FOR(f, ended(c));
	assert_non_null(strstr(c->in, "\r\n\r\none"));
	client_free(c);
}

static void nothing_behind_its_request_is_run(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(&f->edge);
	c = ask(f, GET("/") GET("/"));
	assert_true(put(f, 0, "one"));
	WAIT_FOR(f, has(c, "one"));
	http_stream_end(f->ones[0].stream);
	WAIT_FOR(f, ended(c));
	assert_int_equal(f->count, 1);
	client_free(c);
}

static void a_head_request_is_answered_and_no_stream_is_open(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(&f->edge);
	c = ask(f, "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_null(f->ones[0].stream);
	WAIT_FOR(f, has(c, "\r\n\r\n"));
	assert_int_equal(http_server_stats(f->edge.server).streams, 0);
	client_free(c);
}

/* ---- its ends ---- */

static void a_reader_that_leaves_is_told_of_once(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(&f->edge);
	c = ask(f, GET("/"));
	client_free(c);
	WAIT_FOR(f, f->ones[0].ended);
	WAIT_FOR(f, http_server_stats(f->edge.server).open == 0);
	assert_int_equal(f->ones[0].ended, 1);
	assert_int_equal(http_server_stats(f->edge.server).streams, 0);
	assert_int_equal(http_server_stats(f->edge.server).dropped, 0);
}

static void a_reader_that_is_too_slow_is_dropped_and_another_gets_everything(void **state)
{
	static char line[1001];
	struct fixture *f = *state;
	struct client *slow, *quick;
	size_t written = 0;
	bool open = true;

	serve(&f->edge);
	slow = ask(f, GET("/"));
	quick = ask(f, GET("/"));
	memset(line, 'x', sizeof(line) - 1);
	for (; open && written < ROOM - 100000; written += sizeof(line) - 1) {
		open = put(f, 0, line);
		assert_true(put(f, 1, line));
		WAIT_FOR(f, (client_read(quick), http_stream_unsent(f->ones[1].stream) < 32768));
	}
	assert_false(open);
	assert_int_equal(f->ones[0].ended, 0);
	assert_int_equal(http_server_stats(f->edge.server).dropped, 1);
	assert_int_equal(http_server_stats(f->edge.server).streams, 1);
	assert_true(put(f, 1, "end"));
	WAIT_FOR(f, has(quick, "xend"));
	assert_int_equal(strlen(strstr(quick->in, "\r\n\r\n")), 4 + written + 3);
	WAIT_FOR(f, ended(slow));
	client_free(slow);
	client_free(quick);
}

static void a_reader_that_takes_nothing_is_dropped_in_time(void **state)
{
	static char lot[60001];
	struct fixture *f = *state;
	struct client *c;

	f->edge.options.limits.answer_ms = 100;
	serve(&f->edge);
	c = ask(f, GET("/"));
	memset(lot, 'x', sizeof(lot) - 1);
	for (int i = 0; i < 50 && !f->ones[0].ended; i++) {
		if (http_stream_unsent(f->ones[0].stream) == 0)
			assert_true(put(f, 0, lot));
		event_base_loop(f->edge.base, EVLOOP_NONBLOCK);
	}
	WAIT_FOR(f, f->ones[0].ended);
	assert_int_equal(http_server_stats(f->edge.server).dropped, 1);
	client_free(c);
}

static void one_that_has_nothing_to_say_stays_open(void **state)
{
	struct fixture *f = *state;
	struct client *c;
	int64_t until;

	f->edge.options.limits.answer_ms = f->edge.options.limits.idle_ms = 20;
	serve(&f->edge);
	c = ask(f, GET("/"));
	until = now_ms() + 100;
	WAIT_FOR(f, now_ms() > until);
	assert_true(put(f, 0, "late"));
	WAIT_FOR(f, has(c, "late"));
	assert_int_equal(f->ones[0].ended, 0);
	client_free(c);
}

static void draining_ends_it_behind_what_was_written(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(&f->edge);
	c = ask(f, GET("/"));
	assert_true(put(f, 0, "last"));
	http_server_drain(f->edge.server, on_drained, &f->edge);
	assert_int_equal(f->ones[0].ended, 1);
	WAIT_FOR(f, ended(c));
	assert_non_null(strstr(c->in, "last"));
	assert_false(c->reset);
	client_free(c);
	WAIT_FOR(f, f->edge.drained);
}

static void a_freed_server_ends_them_all(void **state)
{
	struct fixture *f = *state;
	struct client *c;

	serve(&f->edge);
	c = ask(f, GET("/"));
	http_server_free(f->edge.server);
	f->edge.server = NULL;
	assert_int_equal(f->ones[0].ended, 1);
	client_free(c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(its_bytes_go_out_as_they_are_written_and_their_end_is_the_connections),
		TEST(a_1_0_client_is_served_the_same),
		TEST(nothing_behind_its_request_is_run),
		TEST(a_head_request_is_answered_and_no_stream_is_open),
		TEST(a_reader_that_leaves_is_told_of_once),
		TEST(a_reader_that_is_too_slow_is_dropped_and_another_gets_everything),
		TEST(a_reader_that_takes_nothing_is_dropped_in_time),
		TEST(one_that_has_nothing_to_say_stays_open),
		TEST(draining_ends_it_behind_what_was_written),
		TEST(a_freed_server_ends_them_all),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("http/stream", tests, NULL, NULL);
}
