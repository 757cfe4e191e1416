// Work that is long lets others in between: a click, a timer, a message that says that nobody waits for it any more.

/** Whatever else is due is done now. */
export const breath =
  typeof setImmediate === "function"
    ? () => new Promise(setImmediate)
    : () =>
        new Promise((go) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = go;
          port2.postMessage(0);
        });
