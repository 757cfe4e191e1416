// What Fourfold refuses, as a real Error.

/** An error with a stable `code`, and the stream and the time that it is about. */
export class FourfoldError extends Error {
  constructor(code, message, { stream = null, at = null, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.rule = code.slice(code.indexOf(".") + 1);
    this.stream = stream;
    this.at = at;
  }
}
// On the prototype, so that a printed error does not list its own name among its fields.
Object.defineProperty(FourfoldError.prototype, "name", { value: "FourfoldError", configurable: true, writable: true });

/** An error of the engine in this package's class. Whatever else was thrown stays as it is. */
export function fromEngine(error) {
  if (!(error instanceof Error) || typeof error.code !== "string" || error instanceof FourfoldError) return error;
  const { code, message, stream, at } = error;
  const refusal = new FourfoldError(code, message, { stream, at });
  Error.captureStackTrace?.(refusal, fromEngine);
  return refusal;
}
