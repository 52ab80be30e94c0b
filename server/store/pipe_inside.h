/* pipe_inside.h - what pipe.c (segments) and dial.c (the connection) share. */
#ifndef STORE_PIPE_INSIDE_H
#define STORE_PIPE_INSIDE_H

#include <event2/event.h>

#include "pipe.h"

#define PIPE_PREPARED 512 /* a power of two, well above the number of statements */

enum pipe_state { PIPE_DOWN, PIPE_DIALLING, PIPE_UP };

struct prepared {
	const char *sql;
	char name[16];
	enum store_outcome fault; /* STORE_DONE unless preparing it failed */
	struct segment segment;
};

struct pipe {
	struct pipe_plan plan;
	struct event_base *base;
	const char *options;
	enum pipe_state state;
	PGconn *conn;
	struct event *readable, *writable, *alarm; /* readable: also each step of dialling */
	unsigned int attempts;			   /* failed dials in a row */
	uint64_t redials;

	/* Of this connection. */
	struct arena *arena;
	struct prepared *prepared[PIPE_PREPARED]; /* by the address of the SQL */
	unsigned int prepared_count;
	bool broken;   /* to be given up at the next turn of the loop */
	bool over;     /* the server said goodbye: nothing sent after that will run */
	bool retiring; /* to be given up once nothing is in flight */

	struct segment *head, *tail;
	size_t in_flight;
	int64_t head_since_us;
};

struct prepared *pipe_prepared(struct pipe *pipe, const char *sql);
struct prepared *pipe_prepared_add(struct pipe *pipe, const char *sql);
/* One timer: the next dial, the end of patience with a dial, or with the head. */
void pipe_alarm(struct pipe *pipe, int64_t in_us);
/* Closes, ends what is in flight, and dials again later. */
void pipe_lost(struct pipe *pipe, const char *why);
void pipe_abandon(struct pipe *pipe);

void on_pipe_readable(evutil_socket_t fd, short what, void *context);
void on_pipe_writable(evutil_socket_t fd, short what, void *context);
void on_pipe_notice(void *context, const PGresult *result);

#endif
