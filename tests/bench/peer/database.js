// The pool and what is asked of it: named statements, so that each connection prepares them once.

import pg from 'pg';

// Instants keep their microseconds: text in the form that entries use, never a Date.
const instant = (text) => {
	const fraction = text.slice(20, -3);
	return `${text.slice(0, 10)}T${text.slice(11, 19)}${fraction && '.' + fraction.padEnd(6, '0')}Z`;
};
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, instant);
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

// DATABASE_URL, or libpq's PGHOST, PGPORT, PGDATABASE and PGUSER.
export const makePool = (max) => {
	const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max });
	pool.on('error', (error) => console.error(error.message));
	return pool;
};

const statements = new Map();

const nameOf = (text) => {
	if (!statements.has(text)) statements.set(text, `peer_${statements.size + 1}`);
	return statements.get(text);
};

export const query = (client, text, values) => client.query({ name: nameOf(text), text, values });

export const rows = async (client, text, values) => (await query(client, text, values)).rows;

export const row = async (client, text, values) => (await query(client, text, values)).rows[0];

export const transaction = async (pool, work) => {
	const client = await pool.connect();
	try {
		await client.query('BEGIN');
		const result = await work(client);
		await client.query('COMMIT');
		return result;
	} catch (error) {
		await client.query('ROLLBACK').catch(() => {});
		throw error;
	} finally {
		client.release();
	}
};
