// Counts what leaves this tab, before anything else runs. Shown at the foot of the page.
//
// Bodies are counted where they are handed over; addresses where the browser itself lists what was asked for, so that an
// image or a style of somebody else's would be counted too. A query in an address is data like any other.
(() => {
  const sent = { bytes: 0, files: 0, strangers: 0, blocked: 0 };
  globalThis.fourfoldSent = sent;
  const tell = () => dispatchEvent(new Event('fourfoldsent'));
  const size = (body) => {
    if (body === undefined || body === null) return 0;
    if (typeof body === 'string') return new TextEncoder().encode(body).length;
    // What can not be measured counts as one byte: it is not nothing.
    return body.byteLength ?? body.size ?? (body.toString === URLSearchParams.prototype.toString ? String(body).length : 1);
  };
  const add = (bytes) => {
    if (bytes === 0) return;
    sent.bytes += bytes;
    tell();
  };
  const wrap = (owner, name, bodyOf) => {
    const original = owner?.[name];
    if (!original) return;
    owner[name] = function (...given) {
      add(size(bodyOf(...given)));
      return original.apply(this, given);
    };
  };
  wrap(globalThis, 'fetch', (what, options) => options?.body ?? what?.body);
  wrap(globalThis.XMLHttpRequest?.prototype, 'send', (body) => body);
  wrap(globalThis.Navigator?.prototype, 'sendBeacon', (_, body) => body);
  wrap(globalThis.WebSocket?.prototype, 'send', (body) => body);
  wrap(globalThis.RTCDataChannel?.prototype, 'send', (body) => body);
  new PerformanceObserver((list) => {
    for (const { name } of list.getEntries()) {
      const { protocol, origin, search, href } = new URL(name, location);
      if (!/^(https?|wss?):$/.test(protocol)) continue;
      const isStranger = origin !== location.origin;
      sent[isStranger ? 'strangers' : 'files'] += 1;
      sent.bytes += isStranger ? href.length : search.length;
    }
    tell();
  }).observe({ type: 'resource', buffered: true });
  addEventListener('securitypolicyviolation', () => {
    sent.blocked += 1;
    tell();
  });
})();
