// The one WebAssembly instance of a program: how it is found, started and looked at.

import startLater, {
  __wbg_reset_state as startAnew,
  initSync as startNow,
  memory_now as readMemory,
  vocabulary as readVocabulary,
} from "./glue.js";
import { FourfoldError } from "./error.js";

let findDefault;
let makeWorker;
let compiling;
let starting;
let memory;
let vocabulary;
let generation = 0;

/** Each host's entry says how the wasm file is found there and how a thread is made. Nothing is done before it is asked for. */
export function provide(find, make) {
  findDefault = find;
  makeWorker = make;
}

/** A thread that runs this package's worker file. */
export function newWorker() {
  if (makeWorker) return makeWorker();
  throw new FourfoldError("worker.none", "nobody knows here how a worker is made: give one, as { worker }");
}

/** Starts the instance, once; whoever asks meanwhile waits for the same start. */
export function init(source) {
  starting ??= run(source).catch((error) => {
    starting = undefined; // The next call may bring a source that works.
    throw error;
  });
  return starting;
}

/** The compiled module, which can be handed to another thread. It is compiled once. */
export function compiled(source) {
  compiling ??= compile(source).catch((error) => {
    compiling = undefined;
    throw error;
  });
  return compiling;
}

async function run(source) {
  const module = await compiled(source);
  try {
    startNow({ module });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    await startLater({ module_or_path: module }); // Chrome before 115 lets a page start only small modules at once.
  }
  memory = readMemory();
  vocabulary = readVocabulary();
}

/**
 * Takes another instance in place of one that stopped in the middle of something, whose memory nobody can trust. What
 * lived in that memory is lost, which its owners see by the generation.
 */
export function replace() {
  generation++;
  startAnew();
  memory = readMemory();
}

/** Counts the instances. */
export const generationNow = () => generation;

/** The words behind the codes that verdicts come as. */
export const words = () => vocabulary;

/** A look at numbers in wasm memory. It goes blind (length 0) when that memory grows. */
export const numbersAt = (address, length) => new Float64Array(memory.buffer, address, length);

/** A look at bytes in wasm memory. */
export const bytesAt = (address, length) => new Uint8Array(memory.buffer, address, length);

async function compile(given) {
  const source = await (given ?? findDefault());
  if (source instanceof WebAssembly.Module) return source;
  if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer) return fromBytes(source, "the bytes");
  if (typeof source === "string" || source instanceof URL) return fromResponse(await fetched(source));
  // Asked for last, because Node loads a good part of itself when it is.
  if (typeof Response === "function" && source instanceof Response) return fromResponse(source);
  throw new FourfoldError("init.not-wasm", "init takes a URL, a Response, bytes or a WebAssembly.Module");
}

async function fetched(url) {
  try {
    return await fetch(url);
  } catch (cause) {
    throw new FourfoldError("init.unreachable", `${url} can not be fetched: ${cause.message}`, { cause });
  }
}

async function fromResponse(response) {
  const name = response.url || "the response";
  if (!response.ok) throw new FourfoldError("init.unreachable", `${name} answered ${response.status}`);
  if (response.headers.get("content-type")?.startsWith("application/wasm")) {
    // Compiling while it arrives can fail where compiling all at once does not (a proxy that changes the body).
    const copy = response.clone();
    try {
      return await WebAssembly.compileStreaming(response);
    } catch {
      return fromBytes(await copy.arrayBuffer(), name);
    }
  }
  return fromBytes(await response.arrayBuffer(), name);
}

async function fromBytes(source, name) {
  const bytes = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  const isWasm = [0x00, 0x61, 0x73, 0x6d].every((byte, place) => bytes[place] === byte);
  if (!isWasm) throw new FourfoldError("init.not-wasm", `${name} is not WebAssembly: ${got(bytes)}${hintFor(name)}`);
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new FourfoldError("init.not-wasm", `${name} can not be compiled: ${cause.message}`, { cause });
  }
}

function got(bytes) {
  const opening = new TextDecoder().decode(bytes.subarray(0, 200)).trim();
  if (opening === "") return "got nothing";
  return opening.startsWith("<") ? "got HTML, is the path right?" : `got \`${opening.slice(0, 20)}\``;
}

/** Vite's development server moves scripts away from the files beside them, unless it is told not to. */
const hintFor = (name) =>
  name.includes("/.vite/") ? ' (in vite.config, say optimizeDeps: { exclude: ["fourfold"] })' : "";
