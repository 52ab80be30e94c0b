// Texts about a person, under that person's own key: AES-256-GCM, nonce (12), ciphertext, tag (16).

import { createDecipheriv } from 'node:crypto';

const unseal = (key, aad, sealed) => {
	const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
	decipher.setAAD(Buffer.from(aad));
	decipher.setAuthTag(sealed.subarray(-16));
	return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
};

// texts: rows of seq, field, sealed -> Map of seq -> [path, text]
export const openTexts = (master, { authority, placement, person, wrappedKey }, texts) => {
	const opened = new Map();
	if (!wrappedKey) return opened;
	const key = unseal(master, `${authority}|${person}`, wrappedKey);
	for (const { seq, field, sealed } of texts) {
		const text = unseal(key, `${authority}|${placement}|${seq}|${field}`, sealed).toString();
		if (!opened.has(seq)) opened.set(seq, []);
		opened.get(seq).push([field.split('/'), text]);
	}
	return opened;
};

// Where the body has a digest its reader sees the text.
export const fill = (data, texts) => {
	for (const [path, text] of texts ?? []) {
		const parent = path.slice(0, -1).reduce((at, step) => at?.[step], data);
		if (parent) parent[path.at(-1)] = text;
	}
};
