// The peer: Concordat's counter-offer and its view of a placement as most good teams would write them.

import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';

import Fastify from 'fastify';

import { loadCalendars } from './calendar.js';
import { makePool } from './database.js';
import { identify } from './identity.js';
import { sha256 } from './ledger.js';
import { makeOffer } from './offer.js';
import { Problem } from './problem.js';
import { viewPlacement } from './view.js';

const POOL = 20;
const workers = Number(process.env.WORKERS ?? 1);
const roleOf = { authority: 'case_officer', provider: 'negotiator' };

const id = { type: 'string', pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' };
const text = (maxLength) => ({ type: 'string', minLength: 1, maxLength });
const rate = { type: 'string', pattern: '^-?[0-9]{1,9}([.][0-9]{1,4})?$' };
const list = (maxItems, properties) => ({
	type: 'array', minItems: 1, maxItems,
	items: { type: 'object', additionalProperties: false, required: Object.keys(properties), properties },
});

const moveSchema = {
	params: { type: 'object', properties: { id } },
	body: {
		type: 'object',
		additionalProperties: false,
		required: ['move', 'terms'],
		properties: {
			move: { const: 'make_offer' },
			thread: { type: 'integer', minimum: 1 },
			terms: {
				type: 'object',
				additionalProperties: false,
				required: ['lines', 'outcomes', 'start'],
				properties: {
					lines: list(60, {
						key: text(40), label: text(200), unit: { enum: ['hour', 'visit', 'night', 'day', 'week'] },
						quantity: rate, rate,
					}),
					outcomes: list(40, { key: text(40) }),
					start: { type: 'string', format: 'date' },
				},
			},
		},
	},
	response: {
		200: {
			type: 'object',
			properties: {
				entries: { type: 'array', items: { type: 'integer' } },
				move: { type: 'string' },
				placement: { type: 'string' },
				recorded_at: { type: 'string' },
				reference: { type: 'string' },
				version: { type: 'string' },
			},
		},
	},
};

const versionOf = (header) => {
	const found = /^"v(\d+)[^"]*"$/.exec(header ?? '');
	return found ? Number(found[1]) : undefined;
};

const keyOf = (header) => {
	const found = /^"?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"?$/.exec(header ?? '');
	if (!found) throw new Problem(400, 'idempotency_key_required', 'Send an Idempotency-Key: a new UUID for each request.');
	return found[1];
};

const problemOf = (error) => {
	if (error instanceof Problem) return error;
	if (error.validation) return new Problem(400, 'fields_invalid', error.message);
	if (error.code === '23505') return new Problem(422, 'idempotency_key_reused', 'This Idempotency-Key was used already.');
	return error.statusCode < 500 ? new Problem(error.statusCode, 'request_invalid', error.message) : null;
};

const serve = async () => {
	const pool = makePool(Math.ceil(POOL / workers));
	const master = Buffer.from(readFileSync(process.env.MASTER_KEY_FILE, 'ascii').trim(), 'hex');
	const calendars = await loadCalendars(pool);
	const app = Fastify({ keepAliveTimeout: 60000 });

	app.setErrorHandler((error, request, reply) => {
		const problem = problemOf(error);
		if (!problem) console.error(error);
		const told = problem ?? new Problem(500, 'internal', 'Something went wrong here.');
		return reply.code(told.status).type('application/problem+json').send(told.body(request.id));
	});
	app.decorateRequest('caller', null);

	const withCaller = async (request) => {
		request.caller = await identify(pool, request.headers.authorization);
	};

	app.post('/v1/placements/:id/moves', { schema: moveSchema, onRequest: withCaller }, async (request) => {
		const { caller, body, headers, params } = request;
		if (!caller.roles.includes(roleOf[caller.kind]))
			throw new Problem(403, 'role', 'Your role does not make offers.');
		return makeOffer(pool, calendars, caller, params.id, {
			key: keyOf(headers['idempotency-key']),
			digest: sha256('POST /v1/placements/', params.id, '/moves\n', JSON.stringify(body)),
			version: versionOf(headers['if-match']),
			terms: body.terms,
		});
	});

	app.get('/v1/placements/:id', { schema: { params: moveSchema.params }, onRequest: withCaller }, async (request, reply) => {
		const { version, body } = await viewPlacement(pool, master, request.caller, request.params.id);
		const etag = `"v${version}-${sha256(body).toString('hex', 0, 16)}"`;
		reply.header('etag', etag).header('cache-control', 'private, no-cache');
		if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send();
		return reply.type('application/json').send(body);
	});

	app.get('/readyz', async () => {
		await pool.query('select 1');
		return { ready: true };
	});

	const stop = async () => {
		await app.close();
		await pool.end();
		process.exit(0);
	};
	process.on('SIGTERM', stop);
	await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 8080) });
};

if (workers > 1 && cluster.isPrimary) {
	for (let i = 0; i < workers; i++) cluster.fork();
	process.on('SIGTERM', () => {
		for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM');
	});
} else {
	await serve();
}
