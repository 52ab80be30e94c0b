/* test_sha256.c - published vectors: FIPS 180-4 examples, RFC 4231. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/base/sha256.h"

static void assert_digest(struct digest digest, const char *hex)
{
	struct digest expected;

	assert_true(text_unhex(text_of(hex), expected.bytes, sizeof(expected.bytes)));
	assert_memory_equal(digest.bytes, expected.bytes, sizeof(digest.bytes));
	assert_true(digest_eq(&digest, &expected));
}

static void published_digests_come_out(void **state)
{
	(void)state;
	assert_digest(sha256(TEXT_NONE, TEXT_NONE, TEXT_NONE),
		      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_digest(sha256(TEXT("abc"), TEXT_NONE, TEXT_NONE),
		      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_digest(sha256(TEXT("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
			     TEXT_NONE, TEXT_NONE),
		      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void pieces_are_hashed_one_after_another(void **state)
{
	struct digest whole = sha256(TEXT("abc"), TEXT_NONE, TEXT_NONE);
	struct digest pieces = sha256(TEXT("a"), TEXT(""), TEXT("bc"));
	struct digest other = sha256(TEXT("ab"), TEXT_NONE, TEXT_NONE);

	(void)state;
	assert_true(digest_eq(&whole, &pieces));
	assert_false(digest_eq(&whole, &other));
}

static void published_hmacs_come_out(void **state)
{
	uint8_t key[131];

	(void)state;
	memset(key, 0x0b, 20);
	assert_digest(hmac_sha256(key, 20, TEXT("Hi There")),
		      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	assert_digest(hmac_sha256((const uint8_t *)"Jefe", 4, TEXT("what do ya want for nothing?")),
		      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	assert_digest(hmac_sha256(key, sizeof(key),
				  TEXT("Test Using Larger Than Block-Size Key - Hash Key First")),
		      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void zero_is_known(void **state)
{
	struct digest zero = {{0}}, other = {{0}};

	(void)state;
	other.bytes[31] = 1;
	assert_true(digest_is_zero(&zero));
	assert_false(digest_is_zero(&other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_digests_come_out),
		cmocka_unit_test(pieces_are_hashed_one_after_another),
		cmocka_unit_test(published_hmacs_come_out),
		cmocka_unit_test(zero_is_known),
	};

	return cmocka_run_group_tests_name("sha256", tests, NULL, NULL);
}
