/* test_webhook.c - the signature of Standard Webhooks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "concordat/wire/webhook.h"

/* The vector of the Standard Webhooks specification's libraries. */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ID "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define TIMESTAMP 1614265330
#define BODY "{\"test\": 2432232314}"
#define SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static bool sign(struct writer *w, const char *secret)
{
	return webhook_sign(w, text_of(secret), TEXT(ID), TIMESTAMP, TEXT(BODY));
}

static void the_published_vector_comes_out(void **state)
{
	struct arena *arena = arena_new();
	struct writer w;

	(void)state;
	writer_init(&w, arena);
	assert_true(sign(&w, SECRET));
	assert_string_equal(text_cstr(arena, writer_text(&w)), SIGNATURE);
	arena_free(arena);
}

static void a_second_secret_signs_behind_a_space(void **state)
{
	static const uint8_t key[WEBHOOK_KEY_SIZE] = {1, 2, 3};
	struct arena *arena = arena_new();
	struct text second = webhook_secret_text(arena, key);
	struct writer w;

	(void)state;
	assert_string_equal(second.at, "whsec_AQIDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
	writer_init(&w, arena);
	assert_true(sign(&w, second.at));
	assert_int_equal(w.len, strlen(SIGNATURE));
	assert_true(sign(&w, SECRET));
	assert_int_equal(w.len, 2 * strlen(SIGNATURE) + 1);
	assert_string_equal(w.at + strlen(SIGNATURE), " " SIGNATURE);
	arena_free(arena);
}

static void what_is_no_secret_signs_nothing(void **state)
{
	static const char *const none[] = {
		"",
		"whsec_",
		"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",	  /* no prefix */
		"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",  /* no padding */
		"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS_", /* base64url */
		"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La",	  /* 21 bytes */
		"WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
	};
	struct arena *arena = arena_new();
	struct writer w;

	(void)state;
	writer_init(&w, arena);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_false(sign(&w, none[i]));
	assert_int_equal(w.len, 0);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_vector_comes_out),
		cmocka_unit_test(a_second_secret_signs_behind_a_space),
		cmocka_unit_test(what_is_no_secret_signs_nothing),
	};

	return cmocka_run_group_tests_name("webhook", tests, NULL, NULL);
}
