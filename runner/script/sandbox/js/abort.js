'use strict';

// AbortController and its signal.

const { Event, EventTarget } = load('events');

const { coded, illegal, wrongType, received } = load('coded');

const made = Symbol('made');
const wrong = (message, name) => new (load('domexception').DOMException)(message, name);

class AbortSignal extends EventTarget {
  #aborted = false;
  #reason;
  #handler = null;
  #listens = false;
  constructor(token) {
    super();
    if (token !== made) throw illegal();
  }
  // The handler's turn is that of the first one.
  get onabort() { return this.#handler; }
  set onabort(handler) {
    this.#handler = typeof handler === 'function' ? handler : null;
    if (!this.#listens) this.addEventListener('abort', (event) => this.#handler?.call(this, event));
    this.#listens = true;
  }
  get aborted() { return this.#aborted; }
  get reason() { return this.#reason; }
  throwIfAborted() { if (this.#aborted) throw this.#reason; }
  get [Symbol.toStringTag]() { return 'AbortSignal'; }
  static abort(reason) {
    const signal = new AbortSignal(made);
    raise(signal, reason);
    return signal;
  }
  // timeout does not keep a script from ending.
  static timeout(ms) {
    if (typeof ms !== 'number') throw wrongType(`The "delay" argument must be of type number. ${received(ms)}`);
    if (!(ms >= 0 && ms <= 4294967295)) {
      throw coded(new RangeError(`The value of "delay" is out of range. It must be >= 0 && <= 4294967295. Received ${ms}`), 'ERR_OUT_OF_RANGE');
    }
    const signal = new AbortSignal(made);
    load('timers').inBackground(() => raise(signal, wrong('The operation was aborted due to timeout', 'TimeoutError')), ms);
    return signal;
  }
  static any(signals) {
    const signal = new AbortSignal(made);
    const list = [...signals];
    const first = list.find((other) => other.aborted);
    if (first) raise(signal, first.reason);
    else for (const other of list) other.addEventListener('abort', () => raise(signal, other.reason), { once: true });
    return signal;
  }
  static raise(signal, reason = wrong('This operation was aborted', 'AbortError')) {
    if (signal.#aborted) return;
    signal.#aborted = true;
    signal.#reason = reason;
    signal.dispatchEvent(new Event('abort'));
  }
}
const { raise } = AbortSignal;
delete AbortSignal.raise;

class AbortController {
  #signal = new AbortSignal(made);
  get signal() { return this.#signal; }
  abort(reason) { raise(this.#signal, reason); }
  get [Symbol.toStringTag]() { return 'AbortController'; }
}

return { AbortController, AbortSignal };
