/*
 * server.c - the listener: who is let in, and how it ends.
 *
 * Accepting pauses at the limit of connections, and when descriptors run out: then
 * one client is told so with the spare descriptor and a timer tries again, since a
 * listener left enabled would spin. What a connection does is in connection.c.
 */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "concordat/base/report.h"
#include "connection.h"
#include "tls.h"

#define ACCEPT_MOST 64 /* in one turn, so that those inside are served too */
#define BACKLOG 1024

static const struct timeval rearm_after = {0, 100000};

const struct http_limits http_limits_default = {
	.head_bytes = 8 * 1024,
	.header_count = 64,
	.target_bytes = 2 * 1024,
	.body_bytes = 256 * 1024,
	.connections = 10000,
	.handshake_ms = 10 * 1000,
	.head_ms = 10 * 1000,
	.body_ms = 30 * 1000,
	.idle_ms = 60 * 1000,
	.answer_ms = 60 * 1000,
	.linger_ms = 2 * 1000,
	.unsent_bytes = 64 * 1024,
};

/* --- accepting --- */

static bool is_full(const struct http_server *server)
{
	return server->stats.open >= (uint64_t)server->options.limits.connections;
}

static void accept_pause(struct http_server *server)
{
	event_del(server->acceptable);
	server->stats.accept_paused++;
}

static void accept_resume(struct http_server *server)
{
	if (server->draining || is_full(server) || evtimer_pending(server->rearm, NULL) ||
	    event_pending(server->acceptable, EV_READ, NULL))
		return;
	event_add(server->acceptable, NULL);
}

static void keep_spare(struct http_server *server)
{
	if (server->spare < 0)
		server->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Out of descriptors: one waiting client is told so, rather than left to guess. */
static void shed_one(struct http_server *server)
{
	static const char answer[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n"
				     "Content-Length: 0\r\nConnection: close\r\n\r\n";
	char unread[4096];
	int fd;

	if (server->spare < 0)
		return;
	close(server->spare);
	server->spare = -1;
	fd = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0 && !server->tls) {
		send(fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL);
		shutdown(fd, SHUT_WR);
		/* Closing over unread bytes would reset, and take the answer with it. */
		for (int i = 0; i < 16 && recv(fd, unread, sizeof(unread), 0) > 0; i++)
			;
	}
	if (fd >= 0)
		close(fd);
	keep_spare(server);
}

static void on_rearm(evutil_socket_t unused, short what, void *context)
{
	struct http_server *server = context;

	(void)unused;
	(void)what;
	keep_spare(server);
	accept_resume(server);
}

static void accept_failed(struct http_server *server, int error)
{
	report(REPORT_WARNING, "http", "Accepting is paused; it is tried again shortly.", "reason",
	       strerror(error), NULL);
	if (error == EMFILE || error == ENFILE)
		shed_one(server);
	accept_pause(server);
	evtimer_add(server->rearm, &rearm_after);
}

static void find_peer(int fd, char *peer, socklen_t room)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address;
	socklen_t size = sizeof(address);

	peer[0] = '\0';
	if (getpeername(fd, &address.any, &size) != 0)
		return;
	if (address.any.sa_family == AF_INET)
		inet_ntop(AF_INET, &address.v4.sin_addr, peer, room);
	else if (address.any.sa_family == AF_INET6)
		inet_ntop(AF_INET6, &address.v6.sin6_addr, peer, room);
}

static void on_acceptable(evutil_socket_t listener, short what, void *context)
{
	struct http_server *server = context;
	char peer[INET6_ADDRSTRLEN];
	int fd;

	(void)what;
	for (int i = 0; i < ACCEPT_MOST; i++) {
		if (is_full(server)) {
			accept_pause(server);
			return;
		}
		fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			find_peer(fd, peer, sizeof(peer));
			connection_new(server, fd, peer);
		} else if (errno == EAGAIN) {
			return;
		} else if (errno != EINTR && errno != ECONNABORTED) {
			accept_failed(server, errno);
			return;
		}
	}
}

/* --- the end of things --- */

static void sweep(struct http_server *server)
{
	struct connection *c;
	struct live *live;

	while ((live = TAILQ_FIRST(&server->dead_requests))) {
		TAILQ_REMOVE(&server->dead_requests, live, entry);
		arena_free(live->request.arena);
	}
	while ((c = TAILQ_FIRST(&server->dead_connections))) {
		TAILQ_REMOVE(&server->dead_connections, c, entry);
		arena_free(c->arena);
	}
}

static void on_sweep(evutil_socket_t unused, short what, void *context)
{
	struct http_server *server = context;
	void (*on_drained)(void *context) = server->on_drained;

	(void)unused;
	(void)what;
	sweep(server);
	if (!server->draining) {
		accept_resume(server);
		return;
	}
	if (!on_drained || !TAILQ_EMPTY(&server->connections) || !TAILQ_EMPTY(&server->orphans))
		return;
	/* Last: the callback may free the server. */
	server->on_drained = NULL;
	on_drained(server->drain_context);
}

static void stop_listening(struct http_server *server)
{
	if (server->acceptable)
		event_free(server->acceptable);
	server->acceptable = NULL;
	if (server->listener >= 0)
		close(server->listener);
	server->listener = -1;
}

void http_server_drain(struct http_server *server, void (*on_drained)(void *context), void *context)
{
	struct connection *c, *next;

	assert(!server->draining && on_drained);
	server->draining = true;
	server->on_drained = on_drained;
	server->drain_context = context;
	evtimer_del(server->rearm);
	stop_listening(server);
	for (c = TAILQ_FIRST(&server->connections); c; c = next) {
		next = TAILQ_NEXT(c, entry);
		connection_drain(c);
	}
	event_active(server->sweep, 0, 0);
}

void http_server_free(struct http_server *server)
{
	struct live *live;

	if (!server)
		return;
	while (!TAILQ_EMPTY(&server->connections))
		connection_close(TAILQ_FIRST(&server->connections));
	while ((live = TAILQ_FIRST(&server->orphans))) {
		TAILQ_REMOVE(&server->orphans, live, entry);
		live->server = NULL;
	}
	sweep(server);
	stop_listening(server);
	if (server->spare >= 0)
		close(server->spare);
	if (server->rearm)
		event_free(server->rearm);
	if (server->sweep)
		event_free(server->sweep);
	SSL_CTX_free(server->tls);
	arena_free(server->reload_arena);
	arena_free(server->arena);
}

/* --- the beginning --- */

static int try_listen(const struct addrinfo *at)
{
	int on = 1, error;
	int fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static bool listen_on(struct http_server *server, struct arena *arena, struct text *why)
{
	const struct addrinfo hints = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM};
	const char *address = server->options.address;
	struct addrinfo *found = NULL;
	struct sockaddr_storage bound = {0};
	socklen_t bound_size = sizeof(bound);
	char port[8];
	int failed;

	snprintf(port, sizeof(port), "%u", (unsigned)server->options.port);
	failed = getaddrinfo(address, port, &hints, &found);
	if (failed) {
		*why = text_printf(arena, "The address to listen on, %s, is not known: %s.",
				   address ? address : "any", gai_strerror(failed));
		return false;
	}
	for (struct addrinfo *at = found; at && server->listener < 0; at = at->ai_next)
		server->listener = try_listen(at);
	freeaddrinfo(found);
	if (server->listener < 0) {
		*why = text_printf(arena, "Listening on %s port %s failed: %s.",
				   address ? address : "any address", port, strerror(errno));
		return false;
	}
	getsockname(server->listener, (struct sockaddr *)&bound, &bound_size);
	server->port =
		ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
						  : ((struct sockaddr_in *)&bound)->sin_port);
	return true;
}

static const char *keep(struct arena *arena, const char *cstr)
{
	return cstr ? text_cstr(arena, text_of(cstr)) : NULL;
}

struct http_server *http_server_new(struct event_base *base,
				    const struct http_server_options *options, struct arena *arena,
				    struct text *why)
{
	struct arena *own = arena_new();
	struct http_server *server = arena_make(own, struct http_server);

	assert(options->on_request && options->problem);
	assert(options->limits.head_bytes > 0 && options->limits.connections > 0);
	server->arena = own;
	server->reload_arena = arena_new();
	server->base = base;
	server->options = *options;
	server->options.address = keep(own, options->address);
	server->options.tls_certificate = keep(own, options->tls_certificate);
	server->options.tls_key = keep(own, options->tls_key);
	server->listener = server->spare = -1;
	TAILQ_INIT(&server->connections);
	TAILQ_INIT(&server->dead_connections);
	TAILQ_INIT(&server->orphans);
	TAILQ_INIT(&server->dead_requests);
	if (options->tls_certificate) {
		server->tls =
			tls_context_new(options->tls_certificate, options->tls_key, arena, why);
		if (!server->tls)
			goto failed;
	}
	if (!listen_on(server, arena, why))
		goto failed;
	keep_spare(server);
	*why = TEXT("The event loop could not take the listener.");
	server->rearm = evtimer_new(base, on_rearm, server);
	server->sweep = event_new(base, -1, 0, on_sweep, server);
	server->acceptable =
		event_new(base, server->listener, EV_READ | EV_PERSIST, on_acceptable, server);
	if (!server->rearm || !server->sweep || !server->acceptable ||
	    event_add(server->acceptable, NULL) != 0)
		goto failed;
	*why = TEXT_NONE;
	return server;
failed:
	http_server_free(server);
	return NULL;
}

bool http_server_reload_tls(struct http_server *server, struct text *why)
{
	SSL_CTX *fresh;

	if (!server->tls)
		return true;
	arena_free(server->reload_arena);
	server->reload_arena = arena_new();
	fresh = tls_context_new(server->options.tls_certificate, server->options.tls_key,
				server->reload_arena, why);
	if (!fresh)
		return false;
	SSL_CTX_free(server->tls);
	server->tls = fresh;
	return true;
}

uint16_t http_server_port(const struct http_server *server)
{
	return server->port;
}

struct http_stats http_server_stats(const struct http_server *server)
{
	return server->stats;
}
