/*
 * relay.h - stands between the store and PostgreSQL on the test's own loop: passes, swallows, or
 * cuts after n bytes.
 *
 * The store looks at the schema before the loop runs; until relay_open the path is only a link to
 * the server's socket.
 */
#ifndef TESTS_DB_RELAY_H
#define TESTS_DB_RELAY_H

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "house.h"

#define RELAY_PAIRS 64

struct cable;

struct pair {
	struct cable *relay;
	struct bufferevent *client, *server;
};

struct cable {
	struct evconnlistener *listener;
	const char *folder, *path, *conninfo;
	bool swallow; /* nothing passes, nobody is told: a dead link */
	bool cutting; /* after left_bytes more from the server */
	size_t left_bytes;
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
	struct cable *r = p->relay;
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
			evbuffer_write(bufferevent_get_output(p->client),
				       bufferevent_getfd(p->client));
		pair_close(p);
	}
}

static struct sockaddr_un server_address(void)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	const char *host = PQhost(house.conn);

	if (host[0] != '/')
		fail_msg("TEST_DATABASE must name a socket folder as its host");
	snprintf(un.sun_path, sizeof(un.sun_path), "%s/.s.PGSQL.%s", host, PQport(house.conn));
	return un;
}

static int dial_server(void)
{
	struct sockaddr_un un = server_address();
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	evutil_make_socket_nonblocking(fd);
	return fd;
}

static void on_relay_accept(struct evconnlistener *listener, evutil_socket_t fd,
			    struct sockaddr *from, int size, void *context)
{
	struct cable *r = context;
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

static UNUSED struct cable *relay_new(void)
{
	struct cable *r = arena_make(house.arena, struct cable);
	struct sockaddr_un un = server_address();
	char folder[] = "/tmp/concordat-relay-XXXXXX";

	assert_non_null(mkdtemp(folder));
	r->folder = text_cstr(house.arena, text_of(folder));
	r->path = text_cstr(house.arena, text_printf(house.arena, "%s/.s.PGSQL.5432", folder));
	r->conninfo = text_cstr(house.arena,
				text_printf(house.arena,
					    "host=%s port=5432 dbname=%s user=concordat_service",
					    folder, PQdb(house.conn)));
	assert_int_equal(symlink(un.sun_path, r->path), 0);
	assert_int_equal(chmod(folder, 0755), 0);
	return r;
}

static UNUSED void relay_open(struct cable *r)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	unlink(r->path);
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", r->path);
	r->listener = evconnlistener_new_bind(house.base, on_relay_accept, r,
					      LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, -1,
					      (struct sockaddr *)&un, sizeof(un));
	assert_non_null(r->listener);
}

static UNUSED void relay_free(struct cable *r)
{
	evconnlistener_free(r->listener);
	for (unsigned int i = 0; i < RELAY_PAIRS; i++)
		pair_close(&r->pairs[i]);
	unlink(r->path);
	rmdir(r->folder);
}

#endif
