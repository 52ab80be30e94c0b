/*
 * load.c - a closed loop of HTTP clients: each connection sends its next request when the answer to
 * the last is here.
 *
 *   load moves --port P --connections C --seconds S --rows moves.tsv --body offer.json [--first N]
 *   load reads --port P --connections C --seconds S --rows reads.tsv [--first N] [--rest /account]
 *
 * A connection has placements of its own and takes them in turn, so nobody waits for a stranger's
 * placement. In moves the council and the provider make offers by turns, and the rows are written
 * back as they then stand, for the next run. One thread, one epoll; the result is a line of JSON.
 * Anything but 200 is a failure: it is counted, and the first is shown.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MOST (1 << 20)
#define REQUEST_MOST 16384
#define SAMPLES_MOST (1 << 24)
#define DAY_MARK "@DAY@" /* a day of a month, "01" to "28" */
#define WARM_UP_SHARE 10 /* a tenth of the time is run first and not counted */

struct row {
	char placement[37];
	char token[2][64]; /* whose turn it is first, then the other's; reads have one */
	int version[2];
	unsigned int turns;
};

struct connection {
	int socket;
	size_t next; /* row */
	struct row *row;
	char *answer;
	size_t answered;
	int64_t sent_us;
};

static struct {
	bool moves;
	int port;
	unsigned int connections;
	double seconds;
	const char *rows, *body;
	const char *rest; /* of the path, behind the placement */
	size_t first;
} want = {.port = 8440, .connections = 1, .seconds = 5, .rest = ""};

static struct row *rows;
static size_t row_count, rows_used;
static char body[8192];
static char *day_at; /* in body */
static uint32_t *samples;
static size_t sample_count;
static uint64_t failed, done, key_number;
static int64_t count_from_us, end_us;

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "load: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
	exit(1);
}

static int64_t clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- what is asked for ---- */

static void read_rows(void)
{
	FILE *file = fopen(want.rows, "r");
	char line[512];
	size_t room = 0;

	if (!file)
		give_up(want.rows);
	while (fgets(line, sizeof(line), file)) {
		struct row *row;
		int got;

		if (row_count == room) {
			room = room ? 2 * room : 1024;
			rows = realloc(rows, room * sizeof(*rows));
			if (!rows)
				give_up("no memory for the rows");
		}
		row = &rows[row_count++];
		*row = (struct row){.turns = 0};
		got = sscanf(line, "%36s %63s %d %63s %d", row->placement, row->token[0],
			     &row->version[0], row->token[1], &row->version[1]);
		if (got != 5 && !(got >= 2 && !want.moves))
			give_up("a row is not placement, token, version, token, version");
	}
	fclose(file);
	rows_used = want.first && want.first < row_count ? want.first : row_count;
	if (rows_used < want.connections)
		give_up("there must be a placement for each connection");
}

static void write_rows(void)
{
	FILE *file = fopen(want.rows, "w");

	if (!file)
		give_up(want.rows);
	for (size_t i = 0; i < row_count; i++) {
		const struct row *row = &rows[i];
		int side = row->turns % 2;

		fprintf(file, "%s\t%s\t%d\t%s\t%d\n", row->placement, row->token[side],
			row->version[side], row->token[!side], row->version[!side]);
	}
	if (fclose(file))
		give_up(want.rows);
}

static void read_body(void)
{
	FILE *file = fopen(want.body, "r");
	size_t got;

	if (!file)
		give_up(want.body);
	got = fread(body, 1, sizeof(body) - 1, file);
	fclose(file);
	body[got] = '\0';
	day_at = strstr(body, DAY_MARK);
	if (!day_at)
		give_up("the body has no " DAY_MARK);
}

/* ---- one request ---- */

static int write_move(struct connection *c, char *out)
{
	static char with_day[sizeof(body) + 16];
	struct row *row = c->row;
	int side = row->turns % 2, length;

	length = snprintf(with_day, sizeof(with_day), "%.*s%02u%s", (int)(day_at - body), body,
			  1 + row->turns % 28, day_at + strlen(DAY_MARK));
	key_number++;
	return snprintf(out, REQUEST_MOST,
			"POST /v1/placements/%s/moves HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
			"Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
			"If-Match: \"v%d\"\r\n"
			"Idempotency-Key: \"%08x-%04x-7000-8000-%012llx\"\r\n"
			"Content-Length: %d\r\n\r\n%s",
			row->placement, want.port, row->token[side], row->version[side],
			(unsigned int)time(NULL), (unsigned int)getpid() & 0xffff,
			(unsigned long long)key_number, length, with_day);
}

static int write_read(struct connection *c, char *out)
{
	return snprintf(out, REQUEST_MOST,
			"GET /v1/placements/%s%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
			"Authorization: Bearer %s\r\n\r\n",
			c->row->placement, want.rest, want.port, c->row->token[0]);
}

static void send_next(struct connection *c)
{
	static char out[REQUEST_MOST];
	int length;

	c->row = &rows[c->next];
	c->next += want.connections;
	if (c->next >= rows_used)
		c->next %= want.connections;
	length = want.moves ? write_move(c, out) : write_read(c, out);
	if (length >= REQUEST_MOST)
		give_up("a request is too long");
	c->answered = 0;
	c->sent_us = clock_us();
	if (send(c->socket, out, (size_t)length, MSG_NOSIGNAL) != length)
		give_up("a request could not be sent whole");
}

/* ---- one answer ---- */

/* Its whole length once the head is here; 0 before. */
static size_t answer_length(const struct connection *c)
{
	const char *end = strstr(c->answer, "\r\n\r\n"), *length;

	if (!end)
		return 0;
	length = strcasestr(c->answer, "\r\ncontent-length:");
	if (!length || length > end)
		give_up("an answer has no Content-Length");
	return (size_t)(end + 4 - c->answer) + strtoul(length + 17, NULL, 10);
}

static void take_answer(struct connection *c)
{
	int64_t now_us = clock_us();
	bool sound = !strncmp(c->answer, "HTTP/1.1 200", 12);

	if (sound && want.moves) {
		c->row->turns++;
		c->row->version[0]++;
		c->row->version[1]++;
	}
	if (!sound && !failed++)
		fprintf(stderr, "load: the first that failed: %s\n", c->answer);
	if (now_us < count_from_us || !sound)
		return;
	done++;
	if (sample_count < SAMPLES_MOST)
		samples[sample_count++] = (uint32_t)(now_us - c->sent_us);
}

/* True when the answer is whole. */
static bool read_answer(struct connection *c)
{
	ssize_t got = recv(c->socket, c->answer + c->answered, ANSWER_MOST - 1 - c->answered, 0);
	size_t length;

	if (got < 0 && errno == EAGAIN)
		return false;
	if (got <= 0)
		give_up("a connection was closed");
	c->answered += (size_t)got;
	c->answer[c->answered] = '\0';
	length = answer_length(c);
	return length && c->answered >= length;
}

/* ---- the loop ---- */

static void open_connection(struct connection *c, int epoll, size_t number)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)want.port)};
	struct epoll_event ready = {.events = EPOLLIN, .data.ptr = c};
	int one = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->next = number;
	c->answer = malloc(ANSWER_MOST);
	c->socket = socket(AF_INET, SOCK_STREAM, 0);
	if (!c->answer || c->socket < 0 || connect(c->socket, (struct sockaddr *)&to, sizeof(to)))
		give_up("no connection to the service");
	setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	fcntl(c->socket, F_SETFL, O_NONBLOCK);
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->socket, &ready))
		give_up("epoll");
	send_next(c);
}

static void run(struct connection *connections)
{
	struct epoll_event ready[256];
	int epoll = epoll_create1(0);
	unsigned int open = want.connections;

	for (unsigned int i = 0; i < want.connections; i++)
		open_connection(&connections[i], epoll, i);
	while (open) {
		int count = epoll_wait(epoll, ready, 256, 10000);

		if (count == 0)
			give_up("nothing was answered for ten seconds");
		for (int i = 0; i < count; i++) {
			struct connection *c = ready[i].data.ptr;

			if (!read_answer(c))
				continue;
			take_answer(c);
			if (clock_us() < end_us) {
				send_next(c);
			} else {
				epoll_ctl(epoll, EPOLL_CTL_DEL, c->socket, NULL);
				close(c->socket);
				open--;
			}
		}
	}
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static double sample_ms(double share)
{
	return sample_count ? samples[(size_t)((double)(sample_count - 1) * share)] / 1e3 : 0;
}

static void take_words(int argc, char **argv)
{
	if (argc < 2 || (strcmp(argv[1], "moves") && strcmp(argv[1], "reads")))
		give_up("say moves or reads; the top of load.c says how");
	want.moves = !strcmp(argv[1], "moves");
	for (int i = 2; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--port"))
			want.port = (int)strtol(argv[i + 1], NULL, 10);
		else if (!strcmp(argv[i], "--connections"))
			want.connections = (unsigned int)strtoul(argv[i + 1], NULL, 10);
		else if (!strcmp(argv[i], "--seconds"))
			want.seconds = strtod(argv[i + 1], NULL);
		else if (!strcmp(argv[i], "--rows"))
			want.rows = argv[i + 1];
		else if (!strcmp(argv[i], "--body"))
			want.body = argv[i + 1];
		else if (!strcmp(argv[i], "--first"))
			want.first = strtoul(argv[i + 1], NULL, 10);
		else if (!strcmp(argv[i], "--rest"))
			want.rest = argv[i + 1];
		else
			give_up(argv[i]);
	}
	if (!want.rows || (want.moves && !want.body) || want.connections < 1)
		give_up("--rows is needed, and --body for moves");
}

int main(int argc, char **argv)
{
	struct connection *connections;
	int64_t begin_us;
	double took;

	take_words(argc, argv);
	read_rows();
	if (want.moves)
		read_body();
	connections = calloc(want.connections, sizeof(*connections));
	samples = malloc(SAMPLES_MOST * sizeof(*samples));
	if (!connections || !samples)
		give_up("no memory");
	errno = 0;
	begin_us = clock_us();
	count_from_us = begin_us + (int64_t)(want.seconds * 1e6 / WARM_UP_SHARE);
	end_us = count_from_us + (int64_t)(want.seconds * 1e6);
	run(connections);
	took = (double)(clock_us() - count_from_us) / 1e6;
	if (want.moves)
		write_rows();
	qsort(samples, sample_count, sizeof(*samples), by_size);
	printf("{\"per_second\": %.1f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"done\": %llu, "
	       "\"failed\": %llu}\n",
	       (double)done / took, sample_ms(0.5), sample_ms(0.99), (unsigned long long)done,
	       (unsigned long long)failed);
	return failed ? 1 : 0;
}
