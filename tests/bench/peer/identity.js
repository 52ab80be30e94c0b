// Whose bearer token it is. Answers are kept for five seconds.

import { row } from './database.js';
import { sha256 } from './ledger.js';
import { Problem } from './problem.js';

const KEPT_MS = 5000;
const KEPT_MOST = 20000;
const kept = new Map();

const find = (pool, digest) => row(pool,
	`select t.user_id as "user", t.organisation_id as organisation, o.kind, array_agg(m.role order by m.role) as roles
	from token t
	join organisation o on o.id = t.organisation_id
	join membership m on m.user_id = t.user_id and m.organisation_id = t.organisation_id
	where t.secret_sha256 = $1 and t.revoked_real is null and t.expires_real > clock_timestamp()
	group by t.id, o.kind`,
	[digest]);

export const identify = async (pool, authorization) => {
	const token = /^Bearer (cnc_[\w-]{43})$/.exec(authorization ?? '')?.[1];
	if (!token) throw new Problem(401, 'token_required', 'Send a bearer token.');
	const place = kept.get(token);
	if (place && place.until > Date.now()) return place.caller;
	const caller = await find(pool, sha256(token));
	if (!caller) throw new Problem(401, 'token_unknown', 'This token is not known, has expired or was revoked.');
	if (kept.size >= KEPT_MOST) kept.clear();
	kept.set(token, { caller, until: Date.now() + KEPT_MS });
	return caller;
};
