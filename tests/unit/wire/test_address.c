/* test_address.c - which addresses are public, and which URLs messages may be sent to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "concordat/wire/address.h"

/* The first and the last of each block, and those beside it. */
static const char *const not_public[] = {
	"0.0.0.0",
	"0.255.255.255",
	"10.0.0.0",
	"10.255.255.255",
	"100.64.0.0",
	"100.127.255.255",
	"100.100.100.200",
	"127.0.0.0",
	"127.0.0.1",
	"127.255.255.255",
	"168.63.129.16",
	"169.254.0.0",
	"169.254.169.254",
	"169.254.255.255",
	"172.16.0.0",
	"172.31.255.255",
	"192.0.0.0",
	"192.0.0.192",
	"192.0.0.255",
	"192.0.2.1",
	"192.88.99.1",
	"192.168.0.0",
	"192.168.255.255",
	"198.18.0.0",
	"198.19.255.255",
	"198.51.100.7",
	"203.0.113.255",
	"224.0.0.0",
	"224.0.0.1",
	"239.255.255.255",
	"240.0.0.0",
	"255.255.255.255",
	"::",
	"::1",
	"::7f00:1",
	"::8.8.8.8",
	"::ffff:127.0.0.1",
	"::ffff:8.8.8.8",
	"::ffff:0:127.0.0.1",
	"64:ff9b::127.0.0.1",
	"64:ff9b::10.1.2.3",
	"64:ff9b::169.254.169.254",
	"64:ff9b::",
	"64:ff9b:1::",
	"64:ff9b:1::8.8.8.8",
	"64:ff9b:0:0:1::8.8.8.8",
	"100::",
	"100::1",
	"1fff:ffff::1",
	"2001::",
	"2001::1",
	"2001:0:53aa:64c::1",
	"2001:2::1",
	"2001:10::1",
	"2001:20::1",
	"2001:1ff:ffff::1",
	"2001:db8::",
	"2001:db8:ffff::1",
	"2002::",
	"2002:7f00:1::",
	"2002:808:808::1",
	"3ffe::1",
	"3fff::1",
	"3fff:fff::1",
	"4000::",
	"5f00::1",
	"fc00::",
	"fc00::1",
	"fd00:ec2::254",
	"fdff::1",
	"fe00::1",
	"fe80::",
	"fe80::1",
	"febf::1",
	"fec0::1",
	"feff::1",
	"ff00::",
	"ff02::1",
	"ff0e::1",
};

static const char *const is_public[] = {
	"1.0.0.0",	    "1.1.1.1",	      "8.8.8.8",	"9.255.255.255",
	"11.0.0.0",	    "100.63.255.255", "100.128.0.0",	"126.255.255.255",
	"128.0.0.0",	    "168.63.129.15",  "168.63.129.17",	"169.253.255.255",
	"169.255.0.0",	    "172.15.255.255", "172.32.0.0",	"191.255.255.255",
	"192.0.1.0",	    "192.0.3.0",      "192.88.98.255",	"192.88.100.0",
	"192.167.255.255",  "192.169.0.0",    "198.17.255.255", "198.20.0.0",
	"198.51.99.255",    "198.51.101.0",   "203.0.112.255",	"203.0.114.0",
	"223.255.255.255",  "2000::1",	      "2001:200::1",	"2001:4860:4860::8888",
	"2001:db7:ffff::1", "2001:db9::1",    "2003::1",	"2606:4700::1111",
	"2a00:1450::1",	    "3ffd:ffff::1",   "3fff:1000::1",	"64:ff9b::8.8.8.8",
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void only_public_unicast_addresses_are_public(void **state)
{
	struct address address;

	(void)state;
	for (size_t i = 0; i < COUNT(not_public); i++) {
		assert_true(address_parse(text_of(not_public[i]), &address));
		if (!address_not_public(&address))
			fail_msg("%s is taken for public", not_public[i]);
	}
	for (size_t i = 0; i < COUNT(is_public); i++) {
		assert_true(address_parse(text_of(is_public[i]), &address));
		if (address_not_public(&address))
			fail_msg("%s is refused: %s", is_public[i], address_not_public(&address));
	}
}

static void an_address_has_one_spelling(void **state)
{
	static const char *const none[] = {
		"",	      "1",	   "127.1",	"0177.0.0.1", "127.0.0.01",
		"0x7f.0.0.1", "1.2.3.256", "1.2.3.4.5", "1.2.3.4.",   " 1.2.3.4",
		"::1%lo",     "[::1]",	   "1:2",	":::",	      "12345::",
	};
	struct address address;

	(void)state;
	for (size_t i = 0; i < COUNT(none); i++)
		if (address_parse(text_of(none[i]), &address))
			fail_msg("%s is taken for an address", none[i]);
	assert_false(address_parse((struct text){"1.2.3.4\0", 8}, &address));
}

static const char *const sound[] = {
	"https://hooks.council.example/concordat",
	"https://hooks.council.example",
	"https://hooks.council.example?a=b@c",
	"https://HOOKS.council.example/a/b?c=d&e=%20",
	"https://hooks.council.example:443/",
	"https://hooks.council.example:80/",
	"https://hooks.council.example:8443/x",
	"https://xn--bcher-kva.example/",
	"https://a.b-c.example/@user",
	"https://8.8.8.8/",
	"https://[2606:4700::1111]:8443/",
	"https://[64:ff9b::8.8.8.8]/",
	"https://localhost.example/",
	"https://mylocal.example/",
	"https://127.0.0.1.example/",
	"https://0x7f.example/",
};

/* Also refused where what is inside may be told. */
static const char *const never[] = {
	"",
	"https",
	"https:",
	"https:/",
	"https://",
	"https:///path",
	"https:hooks.council.example",
	"hooks.council.example",
	"//hooks.council.example",
	"ftp://hooks.council.example/",
	"file:///etc/passwd",
	"gopher://hooks.council.example/",
	"HTTPS://hooks.council.example/",
	"https://user@hooks.council.example/",
	"https://user:word@hooks.council.example/",
	"https://8.8.8.8@127.0.0.1/",
	"https://@hooks.council.example/",
	"https://hooks.council.example/#part",
	"https://hooks.council.example#@127.0.0.1/",
	"https://hooks.council.example\\@127.0.0.1/",
	"https://hooks.council.example/a b",
	"https://hooks.council.example/\r\nHost: other",
	"https://hooks.council.example/\t",
	"https://hooks.council.example/\x7f",
	"https://b\xc3\xbc"
	"cher.example/",
	"https://127.1/",
	"https://2130706433/",
	"https://0x7f000001/",
	"https://0x7f.0.0.1/",
	"https://0177.0.0.1/",
	"https://017700000001/",
	"https://127.0.0.01/",
	"https://1.2.3.4.5/",
	"https://foo.0x7f/",
	"https://foo.1/",
	"https://1.2.3.256/",
	"https://127.0.0.1./",
	"https://hooks.council.example./",
	"https://.council.example/",
	"https://a..b.example/",
	"https://-a.example/",
	"https://a-.example/",
	"https://a_b.example/",
	"https://hooks%2ecouncil.example/",
	"https://%6cocalhost/",
	"https://[::1/",
	"https://::1/",
	"https://[127.0.0.1]/",
	"https://[hooks.council.example]/",
	"https://[fe80::1%25eth0]/",
	"https://[::1]x/",
	"https://[]/",
	"https://a.example:/",
	"https://a.example:0/",
	"https://a.example:00443/",
	"https://a.example:+443/",
	"https://a.example:65536/",
	"https://a.example:443:80/",
	"https://a.example:4 43/",
	"https://a.example:https/",
	"https://a.example:22/",
	"https://a.example:25/",
	"https://a.example:53/",
	"https://a.example:110/",
	"https://a.example:445/",
	"https://a.example:587/",
	"https://a.example:993/",
	"https://a.example:1433/",
	"https://a.example:2375/",
	"https://a.example:3306/",
	"https://a.example:3389/",
	"https://a.example:5432/",
	"https://a.example:6379/",
	"https://a.example:9200/",
	"https://a.example:11211/",
	"https://a.example:27017/",
};

/* Refused, unless what is inside may be told. */
static const char *const inside[] = {
	"http://hooks.council.example/",
	"http://127.0.0.1:8080/",
	"https://127.0.0.1/",
	"https://[::1]:8443/",
	"https://[::ffff:127.0.0.1]/",
	"https://169.254.169.254/latest",
	"https://10.0.0.8:8443/x",
	"https://192.168.1.1/",
	"https://100.64.0.1/",
	"https://0.0.0.0/",
	"https://[::]/",
	"https://[fd00::1]/",
	"https://[64:ff9b::127.0.0.1]/",
	"https://[2002:7f00:1::]/",
	"https://localhost/",
	"https://LocalHost:8443/",
	"https://a.localhost/",
	"https://printer.local/",
	"https://metadata.google.internal/",
	"https://db/",
	"https://router.lan/",
	"https://x.home.arpa/",
	"https://wiki.corp/",
	"https://LOCALDOMAIN/",
};

static void only_what_the_internet_reaches_may_be_told(void **state)
{
	struct text why = TEXT_NONE;

	(void)state;
	for (size_t i = 0; i < COUNT(sound); i++)
		if (!target_is_sound(text_of(sound[i]), false, &why))
			fail_msg("%s is refused: %s", sound[i], why.at);
	for (size_t i = 0; i < COUNT(never); i++)
		for (int private_too = 0; private_too < 2; private_too++) {
			why = TEXT_NONE;
			if (target_is_sound(text_of(never[i]), private_too, &why))
				fail_msg("%s is let pass", never[i]);
			assert_true(why.len > 0);
		}
	for (size_t i = 0; i < COUNT(inside); i++) {
		if (target_is_sound(text_of(inside[i]), false, &why))
			fail_msg("%s is let pass", inside[i]);
		if (!target_is_sound(text_of(inside[i]), true, &why))
			fail_msg("%s is refused inside: %s", inside[i], why.at);
	}
}

static void what_is_too_long_is_refused(void **state)
{
	char url[2100] = "https://hooks.council.example/";
	size_t len = strlen(url);
	struct text why;

	(void)state;
	memset(url + len, 'a', sizeof(url) - len);
	assert_true(target_is_sound((struct text){url, 2000}, false, &why));
	assert_false(target_is_sound((struct text){url, 2001}, false, &why));
	memset(url + 8, 'a', 64);
	assert_false(target_is_sound((struct text){url, 100}, false, &why));
	assert_false(target_is_sound((struct text){"https://a.example/\0", 19}, false, &why));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_public_unicast_addresses_are_public),
		cmocka_unit_test(an_address_has_one_spelling),
		cmocka_unit_test(only_what_the_internet_reaches_may_be_told),
		cmocka_unit_test(what_is_too_long_is_refused),
	};

	return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
