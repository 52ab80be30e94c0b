/* relay.h - stands between the store and PostgreSQL on the test's own loop: passes, swallows, or cuts after n bytes. */
#ifndef TESTS_DB_RELAY_H
#define TESTS_DB_RELAY_H

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "house.h"

#define RELAY_PAIRS 64

struct relay;

struct pair {
	struct relay *relay;
	struct bufferevent *client, *server;
};

struct relay {
	struct evconnlistener *listener;
	const char *folder, *path, *conninfo;
	bool swallow;	 /* nothing passes, nobody is told: a dead link */
	bool cutting;	 /* after left_bytes more from the server */
	size_t left_bytes, passed_bytes;
	struct pair pairs[RELAY_PAIRS];
	unsigned int count;
};

static UNUSED void pair_close(struct pair *p)
{
	if (p->client)
		bufferevent_free(p->client);
	if (p->server)
		bufferevent_free(p->server);
	p->client = p->server = NULL;
}

static void on_relay_read(struct bufferevent *from, void *context)
{
	struct pair *p = context;
	struct relay *r = p->relay;
	struct evbuffer *input = bufferevent_get_input(from), *output;
	size_t size = evbuffer_get_length(input);

	if (r->swallow) {
		evbuffer_drain(input, size);
		return;
	}
	if (from == p->client) {
		bufferevent_write_buffer(p->server, input);
		return;
	}
	if (r->cutting && size > r->left_bytes)
		size = r->left_bytes;
	output = bufferevent_get_output(p->client);
	evbuffer_remove_buffer(input, output, size);
	r->passed_bytes += size;
	if (!r->cutting)
		return;
	r->left_bytes -= size;
	if (!r->left_bytes) {
		/* What is allowed must leave before the cut. */
		evbuffer_write(output, bufferevent_getfd(p->client));
		pair_close(p);
	}
}

static void on_relay_event(struct bufferevent *from, short what, void *context)
{
	struct pair *p = context;

	(void)from;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) {
		on_relay_read(from, p);
		if (p->client)
			evbuffer_write(bufferevent_get_output(p->client), bufferevent_getfd(p->client));
		pair_close(p);
	}
}

static int dial_server(void)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct addrinfo *found = NULL, hints = {.ai_socktype = SOCK_STREAM};
	const char *host = PQhost(house.conn), *port = PQport(house.conn);
	int fd, failed;

	if (host[0] == '/') {
		snprintf(un.sun_path, sizeof(un.sun_path), "%s/.s.PGSQL.%s", host, port);
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		failed = connect(fd, (struct sockaddr *)&un, sizeof(un));
	} else {
		assert_int_equal(getaddrinfo(host, port, &hints, &found), 0);
		fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		failed = connect(fd, found->ai_addr, found->ai_addrlen);
		freeaddrinfo(found);
	}
	assert_int_equal(failed, 0);
	evutil_make_socket_nonblocking(fd);
	return fd;
}

static void on_relay_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from, int size, void *context)
{
	struct relay *r = context;
	struct pair *p = NULL;

	(void)listener;
	(void)from;
	(void)size;
	for (unsigned int i = 0; i < RELAY_PAIRS && !p; i++)
		if (!r->pairs[i].client)
			p = &r->pairs[i];
	assert_non_null(p);
	r->count++;
	p->relay = r;
	p->client = bufferevent_socket_new(house.base, fd, BEV_OPT_CLOSE_ON_FREE);
	p->server = bufferevent_socket_new(house.base, dial_server(), BEV_OPT_CLOSE_ON_FREE);
	bufferevent_setcb(p->client, on_relay_read, NULL, on_relay_event, p);
	bufferevent_setcb(p->server, on_relay_read, NULL, on_relay_event, p);
	bufferevent_enable(p->client, EV_READ | EV_WRITE);
	bufferevent_enable(p->server, EV_READ | EV_WRITE);
}

static UNUSED struct relay *relay_new(void)
{
	struct relay *r = arena_make(house.arena, struct relay);
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	char folder[] = "/tmp/concordat-relay-XXXXXX";

	assert_non_null(mkdtemp(folder));
	r->folder = text_cstr(house.arena, text_of(folder));
	snprintf(un.sun_path, sizeof(un.sun_path), "%s/.s.PGSQL.5432", folder);
	r->path = text_cstr(house.arena, text_of(un.sun_path));
	r->conninfo = text_cstr(house.arena, text_printf(house.arena, "host=%s port=5432 dbname=%s user=concordat_service", folder,
							 PQdb(house.conn)));
	r->listener = evconnlistener_new_bind(house.base, on_relay_accept, r, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, -1,
					      (struct sockaddr *)&un, sizeof(un));
	assert_non_null(r->listener);
	return r;
}

static UNUSED void relay_free(struct relay *r)
{
	evconnlistener_free(r->listener);
	for (unsigned int i = 0; i < RELAY_PAIRS; i++)
		pair_close(&r->pairs[i]);
	unlink(r->path);
	rmdir(r->folder);
}

#endif
