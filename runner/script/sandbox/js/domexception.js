'use strict';

// DOMException, the error of the web's own interfaces.

const codes = { NotSupportedError: 9, InvalidAccessError: 15, TypeMismatchError: 17, InvalidStateError: 11, SyntaxError: 12, AbortError: 20, QuotaExceededError: 22, TimeoutError: 23, DataCloneError: 25 };

class DOMException extends Error {
  #name;
  constructor(message = '', name = 'Error') {
    super(message);
    this.#name = String(name);
  }
  get name() { return this.#name; }
  get code() { return codes[this.#name] ?? 0; }
}

return { DOMException };
