// Requests on standard input, {"secrets": [...], "requests": [{"headers", "body"}]}: what standardwebhooks
// says of each by each secret, its payload or null.
import { readFileSync } from 'node:fs';

import { Webhook } from 'standardwebhooks';

const { secrets, requests } = JSON.parse(readFileSync(0, 'utf8'));
const verified = (secret, { headers, body }) => {
	try {
		return new Webhook(secret).verify(body, headers);
	} catch (error) {
		return null;
	}
};

console.log(JSON.stringify(requests.map((one) => secrets.map((secret) => verified(secret, one)))));
