// Node's own HTTP server with its strict defaults, as a second opinion on raw bytes.
//
// It says its port on a line of its own. Each request it takes is answered 200 with what it saw in
// X-Seen: the method, the target, and how many bytes of body there were.
'use strict';

const http = require('http');

const server = http.createServer((request, response) => {
	let size = 0;
	request.on('data', (piece) => {
		size += piece.length;
	});
	request.on('end', () => {
		const seen = `${request.method} ${encodeURI(request.url)} ${size}`;
		response.writeHead(200, { 'X-Seen': seen, 'Content-Length': 0 });
		response.end();
	});
});

// A refusal must not swallow the answers to what came before it in the same packet.
server.on('clientError', (error, socket) => {
	setImmediate(() => {
		if (socket.writable)
			socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
	});
});

server.listen(0, '127.0.0.1', () => {
	console.log(server.address().port);
});
// It ends with whoever started it.
process.stdin.on('end', () => process.exit(0)).resume();
