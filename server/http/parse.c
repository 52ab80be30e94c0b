/*
 * parse.c - one request out of bytes, strictly.
 *
 * The head is scanned byte by byte into one block and checked line by line, so that every limit and
 * refusal falls on the same byte however the bytes arrive. A good head then goes to llhttp in one
 * piece, and the body piece by piece behind our own check of its framing. Where llhttp and we
 * disagree the request is refused: somebody else would disagree too.
 */
#include "parse.h"

#include <string.h>

#include "octet.h"

static const struct refusal
	request_line = {400, "malformed_request",
			"The request line is not METHOD, one space, /path, one space, HTTP/1.1."},
	bad_target = {400, "malformed_target",
		      "The request target must be a path that starts with one slash, with no "
		      "control, non-ASCII or %00 byte. Encode other characters as %XX."},
	bad_line = {400, "malformed_request",
		    "Every line of the head must end in CR LF, and hold no control byte."},
	bad_header = {400, "malformed_header",
		      "A header line is not a name, a colon and a value on one line."},
	repeated_header = {400, "repeated_header",
			   "A header that may be sent once was sent more than once."},
	bad_host = {400, "malformed_host", "Send exactly one Host header that names this service."},
	bad_framing = {400, "malformed_length",
		       "The length of the body is not clear. Send one Content-Length in digits, or "
		       "Transfer-Encoding: chunked in HTTP/1.1, and not both."},
	bad_chunk = {400, "malformed_chunk",
		     "The chunked body is not well formed. Chunk extensions and trailers are not "
		     "accepted."},
	body_unwanted = {400, "body_not_allowed", "A GET or HEAD request must not have a body."},
	parsers_disagree = {400, "malformed_request", "The request is not well-formed HTTP/1.1."},
	body_size = {413, "body_too_large", "The body is larger than this service accepts."},
	target_size = {414, "target_too_long",
		       "The request target is longer than this service accepts."},
	expectation = {417, "expectation_failed",
		       "The only expectation this service knows is 100-continue."},
	head_size = {431, "headers_too_large",
		     "The request head is larger than this service accepts."},
	header_count = {431, "headers_too_many",
			"The request has more headers than this service accepts."},
	method_unknown = {501, "method_unknown", "This service does not know that method."},
	coding_unknown = {501, "transfer_coding_unknown",
			  "The only transfer coding this service knows is chunked."},
	version_unknown = {505, "version_unknown", "Use HTTP/1.1."};

/* Headers that may stand once. A second one could be read differently by somebody before us. */
enum single {
	SINGLE_HOST,
	SINGLE_CONTENT_LENGTH,
	SINGLE_TRANSFER_ENCODING,
	SINGLE_EXPECT,
	SINGLE_CONTENT_TYPE,
	SINGLE_AUTHORIZATION,
	SINGLE_IDEMPOTENCY_KEY,
	SINGLE_IF_MATCH,
	SINGLE_COUNT
};

static const struct {
	const char *name;
	const struct refusal *repeated;
} singles[SINGLE_COUNT] = {
	[SINGLE_HOST] = {"host", &bad_host},
	[SINGLE_CONTENT_LENGTH] = {"content-length", &bad_framing},
	[SINGLE_TRANSFER_ENCODING] = {"transfer-encoding", &bad_framing},
	[SINGLE_EXPECT] = {"expect", &repeated_header},
	[SINGLE_CONTENT_TYPE] = {"content-type", &repeated_header},
	[SINGLE_AUTHORIZATION] = {"authorization", &repeated_header},
	[SINGLE_IDEMPOTENCY_KEY] = {"idempotency-key", &repeated_header},
	[SINGLE_IF_MATCH] = {"if-match", &repeated_header},
};

static const struct {
	const char *name;
	enum http_method method;
} methods[] = {
	{"GET", HTTP_GET_},	    {"HEAD", HTTP_HEAD_},     {"POST", HTTP_POST_},
	{"PUT", HTTP_PUT_},	    {"DELETE", HTTP_DELETE_}, {"PATCH", HTTP_PATCH_},
	{"OPTIONS", HTTP_OPTIONS_},
};

#define METHOD_MOST 32
#define VERSION_SIZE 8 /* HTTP/1.1 */
#define CHUNK_DIGITS_MOST 8

static void refuse(struct parser *p, const struct refusal *refusal)
{
	p->state = PARSE_REFUSED;
	p->refusal = refusal;
}

/* --- llhttp: the second reader --- */

static int on_header_field_complete(llhttp_t *llhttp)
{
	struct parser *p = llhttp->data;

	/* Trailers come after the head; our own check of the chunks lets none through. */
	p->llhttp_headers++;
	return 0;
}

static int on_headers_complete(llhttp_t *llhttp)
{
	struct parser *p = llhttp->data;

	p->llhttp_head = true;
	p->llhttp_length = llhttp->content_length;
	p->llhttp_chunked = llhttp->flags & F_CHUNKED;
	/* We never switch protocols: Upgrade is ignored, but what follows may be meant for it. */
	p->llhttp_keep_alive = llhttp_should_keep_alive(llhttp) && !llhttp->upgrade;
	llhttp->upgrade = 0;
	return 0;
}

static int on_body(llhttp_t *llhttp, const char *at, size_t size)
{
	struct parser *p = llhttp->data;

	writer_put(&p->body_writer, (struct text){at, size});
	return 0;
}

static int on_message_complete(llhttp_t *llhttp)
{
	struct parser *p = llhttp->data;

	p->llhttp_whole = true;
	return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
	.on_header_field_complete = on_header_field_complete,
	.on_headers_complete = on_headers_complete,
	.on_body = on_body,
	.on_message_complete = on_message_complete,
};

/* False unless llhttp takes every byte and ends the message exactly where we do. */
static bool llhttp_agrees(struct parser *p, const char *bytes, size_t size, bool whole)
{
	enum llhttp_errno error = llhttp_execute(&p->llhttp, bytes, size);

	if (whole)
		return error == HPE_PAUSED && p->llhttp_whole &&
		       llhttp_get_error_pos(&p->llhttp) == bytes + size;
	return error == HPE_OK && !p->llhttp_whole;
}

/* --- the request line --- */

static void request_line_byte(struct parser *p, char c)
{
	size_t here = p->head_size - 1;

	if (!p->target_at) {
		if (c == ' ' && here > 0)
			p->target_at = here + 1;
		else if (!is_token(c) || here >= METHOD_MOST)
			refuse(p, &request_line);
	} else if (!p->version_at) {
		if (c == ' ' && here > p->target_at)
			p->version_at = here + 1;
		else if (c == ' ')
			refuse(p, &request_line);
		else if (here - p->target_at >= (size_t)p->limits->target_bytes)
			refuse(p, &target_size);
		else if (c < 0x21 || c > 0x7e)
			refuse(p, &bad_target);
	} else if (here - p->version_at >= VERSION_SIZE) {
		refuse(p, &request_line);
	}
}

static bool target_is_sound(struct text target)
{
	bool query = false;
	int high, low;

	if (target.at[0] != '/' || (target.len > 1 && target.at[1] == '/'))
		return false;
	for (size_t i = 0; i < target.len; i++) {
		if (target.at[i] == '?')
			query = true;
		if (target.at[i] == '#' || target.at[i] == '\\')
			return false;
		if (target.at[i] != '%')
			continue;
		high = i + 2 < target.len ? hex_value(target.at[i + 1]) : -1;
		low = i + 2 < target.len ? hex_value(target.at[i + 2]) : -1;
		if (high == 0 && low == 0)
			return false;
		/* A malformed escape in the query is told with the parameter's name later. */
		if (!query && (high < 0 || low < 0))
			return false;
	}
	return true;
}

static void end_request_line(struct parser *p, struct text line)
{
	const char *version = p->head + p->version_at;
	struct text target;
	const char *mark;

	p->request_line_done = true;
	if (!p->version_at || line.len - p->version_at != VERSION_SIZE ||
	    memcmp(version, "HTTP/", 5) != 0 || !is_digit(version[5]) || version[6] != '.' ||
	    !is_digit(version[7])) {
		refuse(p, &request_line);
		return;
	}
	p->method_name = (struct text){p->head, p->target_at - 1};
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (text_is(p->method_name, methods[i].name))
			p->method = methods[i].method;
	if (version[5] != '1' || version[7] > '1') {
		refuse(p, &version_unknown);
		return;
	}
	p->minor = version[7] - '0';
	target = (struct text){p->head + p->target_at, p->version_at - 1 - p->target_at};
	/* CONNECT never names a path, and a proxy before us may read it otherwise. */
	if (!target_is_sound(target) || text_is(p->method_name, "CONNECT")) {
		refuse(p, &bad_target);
		return;
	}
	mark = memchr(target.at, '?', target.len);
	p->path = (struct text){target.at, mark ? (size_t)(mark - target.at) : target.len};
	p->query = mark ? (struct text){mark + 1, target.len - p->path.len - 1} : TEXT_NONE;
}

/* --- header lines --- */

static void end_header_line(struct parser *p, struct text line)
{
	const char *colon = memchr(line.at, ':', line.len);
	struct text name, value;

	/* A blank first is a folded line; a blank before the colon is not a token either. */
	if (!colon || colon == line.at) {
		refuse(p, &bad_header);
		return;
	}
	name = (struct text){line.at, (size_t)(colon - line.at)};
	for (size_t i = 0; i < name.len; i++) {
		if (!is_token(name.at[i])) {
			refuse(p, &bad_header);
			return;
		}
	}
	if (p->header_count == (size_t)p->limits->header_count) {
		refuse(p, &header_count);
		return;
	}
	value = (struct text){colon + 1, line.len - name.len - 1};
	while (value.len && (value.at[0] == ' ' || value.at[0] == '\t')) {
		value.at++;
		value.len--;
	}
	while (value.len && (value.at[value.len - 1] == ' ' || value.at[value.len - 1] == '\t'))
		value.len--;
	p->headers[p->header_count++] = (struct http_header){name, value};
}

static bool host_is_sound(struct text host)
{
	for (size_t i = 0; i < host.len; i++)
		if (!is_alnum(host.at[i]) && !strchr(".-_:[]", host.at[i]))
			return false;
	return host.len > 0;
}

/* False when it is not digits alone; a number beyond the limit gives limit + 1. */
static bool length_of(struct text t, int64_t limit, int64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < t.len; i++) {
		if (!is_digit(t.at[i]))
			return false;
		if (*out <= limit)
			*out = *out * 10 + (t.at[i] - '0');
	}
	return t.len > 0;
}

/* NULL when the headers say plainly how long the body is. */
static const struct refusal *check_framing(struct parser *p, const struct text *value)
{
	struct text length = value[SINGLE_CONTENT_LENGTH];
	struct text coding = value[SINGLE_TRANSFER_ENCODING];
	bool bodiless = p->method == HTTP_GET_ || p->method == HTTP_HEAD_;

	if (coding.at && (length.at || p->minor == 0))
		return &bad_framing;
	if (coding.at && !header_is(coding, "chunked"))
		return &coding_unknown;
	p->chunked = coding.at != NULL;
	if (p->body_limit)
		p->body_most = p->body_limit(p->method, p->path, p->body_context);
	if (length.at && !length_of(length, p->body_most, &p->left))
		return &bad_framing;
	if (bodiless && (p->chunked || p->left > 0))
		return &body_unwanted;
	if (p->left > p->body_most)
		return &body_size;
	return NULL;
}

static const struct refusal *check_head(struct parser *p)
{
	struct text value[SINGLE_COUNT] = {{NULL, 0}};
	const struct refusal *wrong;

	for (size_t i = 0; i < p->header_count; i++) {
		for (size_t k = 0; k < SINGLE_COUNT; k++) {
			if (!header_is(p->headers[i].name, singles[k].name))
				continue;
			if (value[k].at)
				return singles[k].repeated;
			value[k] = p->headers[i].value;
		}
	}
	if (!value[SINGLE_HOST].at || !host_is_sound(value[SINGLE_HOST]))
		return &bad_host;
	wrong = check_framing(p, value);
	if (wrong)
		return wrong;
	if (value[SINGLE_EXPECT].at && p->minor > 0) {
		if (!header_is(value[SINGLE_EXPECT], "100-continue"))
			return &expectation;
		p->expects_continue = p->chunked || p->left > 0;
	}
	return NULL;
}

static void end_head(struct parser *p)
{
	bool has_body;
	const struct refusal *wrong = check_head(p);

	if (wrong) {
		refuse(p, wrong);
		return;
	}
	has_body = p->chunked || p->left > 0;
	if (!llhttp_agrees(p, p->head, p->head_size, !has_body)) {
		refuse(p, llhttp_get_errno(&p->llhttp) == HPE_INVALID_METHOD ? &method_unknown
									     : &parsers_disagree);
		return;
	}
	if (!p->llhttp_head || p->llhttp_chunked != p->chunked ||
	    p->llhttp_headers != p->header_count ||
	    (!p->chunked && p->llhttp_length != (uint64_t)p->left)) {
		refuse(p, &parsers_disagree);
		return;
	}
	p->keep_alive = p->llhttp_keep_alive && p->minor == 1;
	p->state = has_body ? PARSE_BODY : PARSE_WHOLE;
}

static void take_head_byte(struct parser *p, char c)
{
	struct text line;

	if (p->head_size == (size_t)p->limits->head_bytes) {
		refuse(p, &head_size);
		return;
	}
	p->head[p->head_size++] = c;
	if (p->cr && c == '\n') {
		p->cr = false;
		line = (struct text){p->head + p->line_at, p->head_size - 2 - p->line_at};
		p->line_at = p->head_size;
		if (!p->request_line_done)
			end_request_line(p, line);
		else if (line.len == 0)
			end_head(p);
		else
			end_header_line(p, line);
	} else if (p->cr || c == '\n' || (c >= 0 && c < 0x20 && c != '\t' && c != '\r') ||
		   c == 0x7f) {
		refuse(p, &bad_line);
	} else if (c == '\r') {
		p->cr = true;
	} else if (!p->request_line_done) {
		request_line_byte(p, c);
	}
}

/* --- the body --- */

static void chunk_size_byte(struct parser *p, char c)
{
	int digit = hex_value(c);

	if (digit >= 0 && p->chunk_digits < CHUNK_DIGITS_MOST) {
		p->chunk_digits++;
		p->left = p->left * 16 + digit;
		if (p->left > p->body_most - p->body_size)
			refuse(p, &body_size);
	} else if (c == '\r' && p->chunk_digits > 0) {
		p->chunk_part = CHUNK_SIZE_LF;
	} else {
		refuse(p, &bad_chunk);
	}
}

static void chunk_byte(struct parser *p, char c)
{
	bool good = true;

	switch (p->chunk_part) {
	case CHUNK_SIZE:
		chunk_size_byte(p, c);
		break;
	case CHUNK_SIZE_LF:
		good = c == '\n';
		p->body_size += p->left;
		p->chunk_part = p->left ? CHUNK_DATA : CHUNK_LAST_CR;
		break;
	case CHUNK_DATA:
		if (--p->left == 0)
			p->chunk_part = CHUNK_DATA_CR;
		break;
	case CHUNK_DATA_CR:
		good = c == '\r';
		p->chunk_part = CHUNK_DATA_LF;
		break;
	case CHUNK_DATA_LF:
		good = c == '\n';
		p->chunk_digits = 0;
		p->chunk_part = CHUNK_SIZE;
		break;
	case CHUNK_LAST_CR:
		good = c == '\r';
		p->chunk_part = CHUNK_LAST_LF;
		break;
	case CHUNK_LAST_LF:
		good = c == '\n';
		p->chunk_part = CHUNK_END;
		break;
	case CHUNK_END:
		good = false;
		break;
	}
	if (!good)
		refuse(p, &bad_chunk);
}

static size_t take_body(struct parser *p, const char *bytes, size_t size)
{
	size_t taken = 0;
	bool whole;

	if (p->chunked) {
		while (taken < size && p->state == PARSE_BODY && p->chunk_part != CHUNK_END)
			chunk_byte(p, bytes[taken++]);
		whole = p->chunk_part == CHUNK_END;
	} else {
		taken = (int64_t)size < p->left ? size : (size_t)p->left;
		p->left -= (int64_t)taken;
		whole = p->left == 0;
	}
	if (p->state == PARSE_REFUSED)
		return taken;
	if (!llhttp_agrees(p, bytes, taken, whole)) {
		refuse(p, p->chunked ? &bad_chunk : &parsers_disagree);
	} else if (whole) {
		p->body = p->body_writer.len ? writer_text(&p->body_writer) : TEXT_NONE;
		p->state = PARSE_WHOLE;
	}
	return taken;
}

void parser_start(struct parser *p, struct arena *arena, const struct http_limits *limits)
{
	*p = (struct parser){.limits = limits, .body_most = limits->body_bytes, .arena = arena};
	/* One block that never moves: names and values point into it. */
	p->head = arena_alloc(arena, (size_t)limits->head_bytes);
	p->headers = arena_array(arena, struct http_header, limits->header_count);
	writer_init(&p->body_writer, arena);
	llhttp_init(&p->llhttp, HTTP_REQUEST, &settings);
	p->llhttp.data = p;
}

size_t parser_feed(struct parser *p, const char *bytes, size_t size)
{
	size_t taken = 0;

	while (taken < size && p->state == PARSE_HEAD)
		take_head_byte(p, bytes[taken++]);
	if (taken < size && p->state == PARSE_BODY)
		taken += take_body(p, bytes + taken, size - taken);
	return taken;
}
