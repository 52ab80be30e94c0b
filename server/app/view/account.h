/* account.h - what the account, the statement and the view of money share. */
#ifndef CONCORDAT_SERVER_APP_ACCOUNT_H
#define CONCORDAT_SERVER_APP_ACCOUNT_H

#include "concordat/app/parts.h"
#include "concordat/app/schemas.h"
#include "concordat/core/account.h"

/* Whose parts a party sees: all, or the person's alone for who represents them. */
unsigned account_payers_seen(const struct party *party);
/* Whose part alone it may ask for: a co-payer its own; zero: the whole. */
struct uuid account_payer_seen(const struct party *party);
/* Whom it sees paid: a provider only itself; zero: whoever is. False: money is no business of it.
 */
bool account_provider_seen(const struct party *party, struct uuid *provider);

/* The payers of any of the amounts, each with its part of those that are given; NULL: left out. */
struct share_amounts {
	const struct amounts *weekly, *charged, *adjusted, *due, *difference;
	bool top_up_unsigned;
};
struct list account_shares(struct arena *arena, unsigned seen, const struct share_amounts *of);

#endif
