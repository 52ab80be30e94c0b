/*
 * test_answer.c - the bytes of an answer's head, and the bugs it stops.
 */
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http/answer.h"

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void assert_head(const struct answer *answer, int64_t second, const char *expected)
{
	struct date_cache date = {0};
	struct text head = answer_head(arena, answer, second, &date);

	if (!text_is(head, expected))
		fail_msg("%.*s", TEXT_FMT(head));
}

static void a_head_has_our_headers_and_the_handlers(void **state)
{
	struct http_header type = {TEXT("Content-Type"), TEXT("text/plain")};
	struct answer answer = {.status = 200,
				.headers = &type,
				.header_count = 1,
				.body_size = 12,
				.request_id = TEXT("r1"),
				.keep_seconds = 60};

	(void)state;
	assert_head(&answer, 784111777, /* RFC 9110's own example of a date */
		    "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Request-Id: r1\r\n"
		    "Content-Type: text/plain\r\nContent-Length: 12\r\n"
		    "Connection: keep-alive\r\nKeep-Alive: timeout=60\r\n\r\n");
}

static void answers_without_a_body_have_no_length(void **state)
{
	struct answer answer = {.status = 204, .request_id = TEXT("r1"), .close = true};

	(void)state;
	assert_head(&answer, 0,
		    "HTTP/1.1 204 No Content\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
		    "X-Request-Id: r1\r\nConnection: close\r\n\r\n");
	answer.status = 304;
	assert_head(&answer, 951782400,
		    "HTTP/1.1 304 Not Modified\r\nDate: Tue, 29 Feb 2000 00:00:00 GMT\r\n"
		    "X-Request-Id: r1\r\nConnection: close\r\n\r\n");
}

static void the_date_is_made_again_when_the_second_changes(void **state)
{
	struct answer answer = {.status = 200, .request_id = TEXT("r1"), .close = true};
	struct date_cache date = {0};
	struct text first = answer_head(arena, &answer, 784111777, &date);
	struct text same = answer_head(arena, &answer, 784111777, &date);
	struct text next = answer_head(arena, &answer, 784111778, &date);

	(void)state;
	assert_true(text_eq(first, same));
	assert_false(text_eq(first, next));
	assert_non_null(strstr(next.at, "08:49:38 GMT"));
}

/* Whether making this answer ends the process, as a bug must. */
static bool is_a_bug(const struct answer *answer)
{
	struct date_cache date = {0};
	int status = 0;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		fclose(stderr);
		answer_head(arena, answer, 0, &date);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void a_header_that_could_end_a_line_is_a_bug(void **state)
{
	struct http_header header = {TEXT("Location"), TEXT("/a")};
	struct answer answer = {
		.status = 303, .headers = &header, .header_count = 1, .request_id = TEXT("r1")};

	(void)state;
	assert_false(is_a_bug(&answer));
	header.value = TEXT("/a\r\nSet-Cookie: b");
	assert_true(is_a_bug(&answer));
	header.value = TEXT("/a\nb");
	assert_true(is_a_bug(&answer));
	header.value = TEXT("/a\0b");
	assert_true(is_a_bug(&answer));
	header.value = TEXT("/a");
	header.name = TEXT("Loca tion");
	assert_true(is_a_bug(&answer));
	header.name = TEXT("");
	assert_true(is_a_bug(&answer));
	header.name = TEXT("content-length"); /* ours to add */
	assert_true(is_a_bug(&answer));
}

static void a_status_without_a_phrase_is_a_bug(void **state)
{
	struct answer answer = {.status = 299, .request_id = TEXT("r1")};

	(void)state;
	assert_true(is_a_bug(&answer));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_head_has_our_headers_and_the_handlers),
		cmocka_unit_test(answers_without_a_body_have_no_length),
		cmocka_unit_test(the_date_is_made_again_when_the_second_changes),
		cmocka_unit_test(a_header_that_could_end_a_line_is_a_bug),
		cmocka_unit_test(a_status_without_a_phrase_is_a_bug),
	};

	return cmocka_run_group_tests_name("http/answer", tests, set_up, tear_down);
}
