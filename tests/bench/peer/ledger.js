// Entries of the ledger: a fact's bytes and hashes, and the rows that every entry brings with it.

import { createHash, randomBytes } from 'node:crypto';

import { query, row } from './database.js';

export const sha256 = (...parts) => {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(part);
	return hash.digest();
};

export const nowText = () => {
	const us = Math.floor((performance.timeOrigin + performance.now()) * 1000);
	const fraction = String(us % 1000000).padStart(6, '0');
	return `${new Date(Math.floor(us / 1000000) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
};

// body: its members in the order of their names, as they are hashed.
const sealFact = ({ authority, stream, seq, prev, recordedAt, body }) => {
	const text = JSON.stringify(body);
	const nonce = randomBytes(16);
	const header = JSON.stringify({
		authority,
		body_digest: sha256(nonce, text).toString('hex'),
		prev: prev.toString('hex'),
		recorded_at: recordedAt,
		seq,
		stream,
		v: 1,
	});
	return { text, nonce, header, leafHash: sha256(Buffer.of(0), header) };
};

// Last in its transaction: the head of the authority's log is locked from here to the commit.
export const appendFact = async (client, fact) => {
	const { text, nonce, header, leafHash } = sealFact(fact);
	const head = await row(client,
		'update log_head set size = size + 1 where authority_id = $1 returning size - 1 as leaf_index',
		[fact.authority]);
	await query(client,
		`insert into fact (authority_id, stream_id, seq, recorded_at, header, leaf_index, leaf_hash, body, nonce, kind,
			actor_id, occurred_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		[fact.authority, fact.stream, fact.seq, fact.recordedAt, header, head.leaf_index, leafHash, text, nonce,
			fact.body.kind, fact.actor ?? null, fact.body.occurred_at]);
};

export const lastFact = (client, authority, stream, seq) => row(client,
	`select f.leaf_hash, (select o.body from fact o where o.authority_id = $1 and o.stream_id = $2 and o.kind = 'offer_made'
		order by o.seq desc limit 1) as offer
	from fact f where f.authority_id = $1 and f.stream_id = $2 and f.seq = $3`,
	[authority, stream, seq]);

export const advanceStream = (client, authority, stream, seq) => query(client,
	'update stream set seq = $3 where authority_id = $1 and stream_id = $2', [authority, stream, seq]);

export const insertObligations = (client, authority, stream, seq, [first, second]) => query(client,
	`insert into obligation (authority_id, stream_id, seq, n, kind, owed_by, owed_by_id, thread, due_at, next_at, state,
		provider_entry)
	values ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, 'open', $10), ($1, $2, $3, 2, $11, $12, $13, $7, $14, $15, 'open', $10)`,
	[authority, stream, seq, first.kind, first.owed_by, first.owed_by_id, first.thread, first.due_at, first.next_at,
		first.provider_entry, second.kind, second.owed_by, second.owed_by_id, second.due_at, second.next_at]);
