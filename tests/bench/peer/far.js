// The far side: a program that is posted to and a mail server, which take everything at once; and a bare sender to
// them, to see what they and the machine can take when nothing is kept of it.
//
//     node far.js serve                    prints {"http":PORT,"smtp":PORT}; then for each line on stdin what came
//                                          since the last: {"posts":N,"mails":N}
//     node far.js post PORT COUNT AT_ONCE  a connection for each, as a sender has that keeps none; prints {"seconds":S}
//     node far.js mail PORT COUNT AT_ONCE

import { createServer as createHttp } from 'node:http';
import { connect, createServer as createTcp } from 'node:net';
import { createInterface } from 'node:readline';

const BODY = JSON.stringify({ specversion: '1.0', type: 'offer_made', data: { text: 'x'.repeat(500) } });
const MAIL = `Subject: An offer\r\n\r\n${`${'x'.repeat(70)}\r\n`.repeat(30)}.\r\n`;

const listen = (server) => new Promise((resolve) => {
	server.listen(0, '127.0.0.1', () => resolve(server.address().port));
});

const serve = async () => {
	const came = { posts: 0, mails: 0 };
	const http = createHttp((request, response) => {
		request.resume();
		request.on('end', () => {
			came.posts++;
			response.writeHead(204).end();
		});
	});
	const smtp = createTcp((socket) => {
		let waiting = '';
		let inData = false;
		socket.setNoDelay(true);
		socket.on('error', () => socket.destroy());
		socket.write('220 far.example\r\n');
		socket.on('data', (bytes) => {
			waiting += bytes.toString('latin1');
			for (;;) {
				const end = waiting.indexOf(inData ? '\r\n.\r\n' : '\r\n');
				if (end < 0) return;
				const line = waiting.slice(0, end);
				waiting = waiting.slice(end + (inData ? 5 : 2));
				if (inData) {
					inData = false;
					came.mails++;
					socket.write('250 2.0.0 Taken\r\n');
				} else if (/^data/i.test(line)) {
					inData = true;
					socket.write('354 Go on\r\n');
				} else if (/^quit/i.test(line)) socket.end('221 Bye\r\n');
				else socket.write('250 far.example\r\n');
			}
		});
	});
	const ports = { http: await listen(http), smtp: await listen(smtp) };
	console.log(JSON.stringify(ports));
	createInterface({ input: process.stdin }).on('line', () => {
		console.log(JSON.stringify(came));
		came.posts = 0;
		came.mails = 0;
	}).on('close', () => process.exit());
};

// One exchange: what is said once an answer is there, in turn.
const exchange = (port, lines) => new Promise((resolve, reject) => {
	const socket = connect(port, '127.0.0.1');
	socket.setNoDelay(true);
	let said = 0;
	socket.on('error', reject);
	socket.on('close', resolve);
	if (!lines.waits) socket.write(lines.says[said++]);
	socket.on('data', () => {
		if (said < lines.says.length) socket.write(lines.says[said++]);
		else socket.end();
	});
});

const post = (port) => ({
	says: [`POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: ${BODY.length}\r\nConnection: close\r\n\r\n${BODY}`],
});
const mail = () => ({
	waits: true,
	says: ['EHLO bench\r\n', 'MAIL FROM:<a@bench.example>\r\n', 'RCPT TO:<b@bench.example>\r\n', 'DATA\r\n', MAIL, 'QUIT\r\n'],
});

const send = async (lines, port, count, atOnce) => {
	let left = count;
	const began = performance.now();
	const worker = async () => {
		while (left-- > 0) await exchange(port, lines);
	};
	await Promise.all(Array.from({ length: atOnce }, worker));
	console.log(JSON.stringify({ seconds: (performance.now() - began) / 1000 }));
};

const [what, port, count, atOnce] = process.argv.slice(2);
if (what === 'serve') await serve();
else await send(what === 'post' ? post(port) : mail(), Number(port), Number(count), Number(atOnce));
