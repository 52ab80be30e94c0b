/*
 * served.h - a server of the edge on a real socket, and clients of it, for the tests of http.
 *
 * Server and clients share one thread and one loop: whoever waits turns the loop. Nothing sleeps:
 * every wait is for a condition, with a deadline.
 */
#ifndef CONCORDAT_TESTS_SERVED_H
#define CONCORDAT_TESTS_SERVED_H

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "concordat/http/server.h"

#define HELPER __attribute__((unused)) static
#define PATIENCE_MS 10000
#define ROOM_USUAL (1 << 20)
#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

/* The first member of each test's own struct fixture. */
struct edge {
	struct arena *arena;
	struct event_base *base;
	struct http_server_options options;
	struct http_server *server;
	int drained;
};

struct client {
	int fd;
	char *in; /* what came, NUL-terminated */
	size_t size, room;
	bool ended, reset;
};

HELPER int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

HELPER void turn(struct edge *e)
{
	event_base_loop(e->base, EVLOOP_NONBLOCK);
}

/* Turns the loop until the condition holds; fails when it does not in time. */
#define WAIT_FOR(f, condition)                                     \
	do {                                                       \
		int64_t give_up_ = now_ms() + PATIENCE_MS;         \
		while (!(condition)) {                             \
			if (now_ms() > give_up_)                   \
				fail_msg("never: %s", #condition); \
			turn(&(f)->edge);                          \
			poll(NULL, 0, 1);                          \
		}                                                  \
	} while (0)

/* ---- the server's side ---- */

HELPER struct text problem(struct arena *arena, int status, const char *code, const char *detail,
			   struct text request_id, void *context)
{
	(void)context;
	assert_true(detail[0] && request_id.len == 36);
	return text_printf(arena, "{\"status\":%d,\"code\":\"%s\"}", status, code);
}

HELPER void on_drained(void *context)
{
	struct edge *e = context;

	e->drained++;
}

HELPER void edge_begin(struct edge *e,
		       void (*on_request)(struct http_request *request, void *context))
{
	e->arena = arena_new();
	e->base = event_base_new();
	e->options = (struct http_server_options){.address = "127.0.0.1",
						  .limits = http_limits_default,
						  .on_request = on_request,
						  .problem = problem,
						  .context = e};
}

HELPER void edge_end(struct edge *e)
{
	http_server_free(e->server);
	event_base_free(e->base);
	arena_free(e->arena);
}

HELPER void serve(struct edge *e)
{
	struct text why = TEXT_NONE;

	e->server = http_server_new(e->base, &e->options, e->arena, &why);
	if (!e->server)
		fail_msg("%.*s", TEXT_FMT(why));
}

HELPER bool is_open(struct edge *e, uint64_t count)
{
	return http_server_stats(e->server).open == count;
}

/* ---- the client's side ---- */

HELPER struct client *client_prepare(size_t room)
{
	struct client *c = calloc(1, sizeof(*c));

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	c->room = room;
	c->in = calloc(1, c->room);
	assert_true(c->fd >= 0);
	return c;
}

/* The kernel completes it without us, or refuses at once. */
HELPER void edge_connect(const struct edge *e, int fd)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(http_server_port(e->server)),
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};

	assert_true(connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 || errno == EINPROGRESS);
}

HELPER struct client *client_new(const struct edge *e)
{
	struct client *c = client_prepare(ROOM_USUAL);

	edge_connect(e, c->fd);
	return c;
}

HELPER void client_free(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	free(c->in);
	free(c);
}

HELPER void client_read(struct client *c)
{
	ssize_t n;

	while (!c->ended && c->size + 1 < c->room) {
		n = recv(c->fd, c->in + c->size, c->room - c->size - 1, 0);
		if (n > 0) {
			c->size += (size_t)n;
		} else if (n < 0 && (errno == EAGAIN || errno == ENOTCONN)) {
			break;
		} else {
			c->ended = true;
			c->reset = n < 0;
		}
	}
	c->in[c->size] = '\0';
}

HELPER bool has(struct client *c, const char *needle)
{
	client_read(c);
	return strstr(c->in, needle) != NULL;
}

HELPER bool ended(struct client *c)
{
	client_read(c);
	return c->ended;
}

#endif
