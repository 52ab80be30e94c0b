/*
 * address.h - where this service may be sent to by somebody else's wish: public addresses only.
 *
 * Judged twice: a URL when it is given (its form, its port, a host that is an address or the name
 * of something inside), and each address that a name resolves to, just before it is connected to.
 * The second is the one that counts, for a name may resolve to anything by then.
 */
#ifndef CONCORDAT_WIRE_ADDRESS_H
#define CONCORDAT_WIRE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "concordat/base/text.h"

struct address {
	bool is_v6;
	uint8_t bytes[16]; /* IPv4: the first four */
};

/* "192.0.2.1" or "2001:db8::1", in the one form of each octet and without brackets. */
bool address_parse(struct text t, struct address *out);
/* What it is, in a word or two ("loopback"), when it is no public unicast address; else NULL. An
 * IPv4 address that is only carried in an IPv6 one is public through NAT64's own prefix alone. */
const char *address_not_public(const struct address *address);

/* Whether messages may go to the URL: https, no user, no fragment, a port that the web uses, a
 * host that is a public address or a name. With private_too (for tests) also http, and hosts
 * inside. *why is a sentence. */
bool target_is_sound(struct text url, bool private_too, struct text *why)
	__attribute__((warn_unused_result));

#endif
