// One kept connection to the Worker, and how long an answer takes on it. Node's fetch, with its streams, spends a
// millisecond of its own on a machine that naps between two requests; a bench of single frames would tell that.

import { Agent, request } from 'node:http';

/** How long it takes from a request to the last byte of its answer, in milliseconds; the answer must be a good one. */
export function wire(origin, headers) {
  const { hostname, port } = new URL(origin);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (method, path, body = '') =>
    new Promise((resolve, reject) => {
      const began = performance.now();
      const asked = request({ agent, hostname, port, method, path, headers: { ...headers, 'content-length': Buffer.byteLength(body) } }, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => {
          const took = performance.now() - began;
          if (answer.statusCode < 300) resolve(took);
          else reject(new Error(`${method} ${path} answered ${answer.statusCode}: ${Buffer.concat(parts)}`));
        });
      });
      asked.on('error', reject);
      asked.end(body);
    });
  return { ask, close: () => agent.destroy() };
}
