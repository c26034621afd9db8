'use strict';

// AbortController and its signal, as far as one can use them without fetch.

const made = Symbol('made');

class AbortSignal {
  #listeners = new Set();
  aborted = false;
  reason = undefined;
  onabort = null;
  constructor(token) {
    if (token !== made) throw new TypeError('Illegal constructor');
  }
  addEventListener(type, listener) { if (type === 'abort') this.#listeners.add(listener); }
  removeEventListener(type, listener) { this.#listeners.delete(listener); }
  dispatchEvent(event) {
    this.onabort?.(event);
    for (const listener of [...this.#listeners]) (listener.handleEvent ?? listener).call(this, event);
    return true;
  }
  throwIfAborted() { if (this.aborted) throw this.reason; }
  static abort(reason) {
    const controller = new AbortController();
    controller.abort(reason);
    return controller.signal;
  }
}

class AbortController {
  signal = new AbortSignal(made);
  abort(reason) {
    const { signal } = this;
    if (signal.aborted) return;
    signal.aborted = true;
    signal.reason = reason === undefined ? new (load('domexception').DOMException)('This operation was aborted', 'AbortError') : reason;
    signal.dispatchEvent({ type: 'abort', target: signal });
  }
}

return { AbortController, AbortSignal };
