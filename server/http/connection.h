/*
 * connection.h - the inside of the server, shared by server.c and connection.c.
 *
 * server.c owns the list of connections and their admission; connection.c owns one
 * connection and its requests. What is dead is put in a list and freed by the
 * server's sweep, so that no frame still on the stack loses what it holds.
 */
#ifndef CONCORDAT_HTTP_CONNECTION_H
#define CONCORDAT_HTTP_CONNECTION_H

#include <event2/event.h>
#include <openssl/ssl.h>
#include <sys/queue.h>

#include "answer.h"
#include "parse.h"

struct bufferevent;
struct connection;

/* A request's life: made at its first byte, freed when its answer is flushed, or, once its
 * connection is gone, when the handler has answered all the same. */
struct live {
	struct http_request request;   /* first: http_reply comes back with it */
	struct http_server *server;    /* NULL once the server is freed */
	struct connection *connection; /* NULL once it is gone */
	bool answered;
	bool large;		 /* its body may be larger than others' */
	bool noted;		 /* on_answered was called */
	TAILQ_ENTRY(live) entry; /* in server->orphans, then dead_requests */
};

/* An answer without an end. */
struct http_stream {
	struct connection *connection;
	struct http_stream_writer writer; /* on_end NULL: there is none any more */
};

enum connection_state {
	CONNECTION_HANDSHAKE,
	CONNECTION_IDLE, /* no byte of the next request yet */
	CONNECTION_HEAD,
	CONNECTION_BODY,
	CONNECTION_HANDLING,
	CONNECTION_ANSWERING,
	CONNECTION_STREAMING, /* an answer that does not end by itself; its request is gone */
	CONNECTION_LINGERING, /* answered and shut; lets the client read before we close */
	CONNECTION_CLOSED
};

struct connection {
	struct arena *arena;
	struct http_server *server;
	struct bufferevent *stream;
	struct event *deadline;
	enum connection_state state;
	char peer[46]; /* INET6_ADDRSTRLEN */
	bool tls;
	bool finished; /* the client sends no more, and may still read */
	bool closing;  /* nothing is read as a request any more */
	struct live *live;
	struct parser parser;
	struct http_stream answer;     /* while it is streaming */
	TAILQ_ENTRY(connection) entry; /* in server->connections, then dead_connections */
};

TAILQ_HEAD(connection_list, connection);
TAILQ_HEAD(live_list, live);

struct http_server {
	struct arena *arena, *reload_arena;
	struct event_base *base;
	struct http_server_options options;
	SSL_CTX *tls; /* NULL: plain */
	int listener, spare;
	uint16_t port;
	struct event *acceptable, *rearm;
	struct event *sweep; /* activated by whoever puts something in a dead list */
	struct connection_list connections, dead_connections;
	struct live_list orphans, dead_requests;
	struct http_stats stats;
	int large; /* requests with a large body at hand */
	struct date_cache date;
	bool draining;
	void (*on_drained)(void *context);
	void *drain_context;
};

/* Takes the descriptor, whatever comes of it. peer: its address, as digits. */
void connection_new(struct http_server *server, int fd, const char *peer);
/* The state, and the one absolute deadline of it. */
void connection_enter(struct connection *connection, enum connection_state state,
		      int64_t deadline_ms);
/* The last byte of an answer is out: the next request, or the end. May close it. */
void connection_answered(struct connection *connection);
/* Closes it and has the kernel throw away what is unsent, which it would else go on offering to a
 * client that does not read. */
void connection_reset(struct connection *connection);
/* At once; a request with the handler is orphaned. */
void connection_close(struct connection *connection);
/* Closes it when it is idle; else it closes behind its present answer. */
void connection_drain(struct connection *connection);

/* Tells, once, what became of a request. */
void live_note(struct live *live, int status, size_t body_size);
/* Its memory goes with the next sweep. */
void live_release(struct live *live);

/* ---- stream.c ---- */

/* The writer is told that nobody reads any more, if there is one. */
void stream_over(struct connection *connection);
/* Nothing is unsent. */
void stream_sent(struct connection *connection);
/* Its deadline. */
void stream_stuck(struct connection *connection);
/* Ends behind what was written. */
void stream_drain(struct connection *connection);

#endif
