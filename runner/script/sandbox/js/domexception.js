'use strict';

// DOMException, the error of the web's own interfaces.

const codes = { IndexSizeError: 1, HierarchyRequestError: 3, InvalidCharacterError: 5, NotFoundError: 8, NetworkError: 19, NotSupportedError: 9, InvalidAccessError: 15, TypeMismatchError: 17, InvalidStateError: 11, SyntaxError: 12, AbortError: 20, QuotaExceededError: 22, TimeoutError: 23, DataCloneError: 25 };

class DOMException extends Error {
  #name;
  constructor(message = '', options = 'Error') {
    super(message);
    const { name = 'Error', ...more } = options !== null && typeof options === 'object' ? options : { name: options };
    this.#name = String(name);
    if ('cause' in more) Object.defineProperty(this, 'cause', { value: more.cause, writable: true, configurable: true });
  }
  get name() { return this.#name; }
  get code() { return codes[this.#name] ?? 0; }
}

const LEGACY = ['INDEX_SIZE', 'DOMSTRING_SIZE', 'HIERARCHY_REQUEST', 'WRONG_DOCUMENT', 'INVALID_CHARACTER', 'NO_DATA_ALLOWED', 'NO_MODIFICATION_ALLOWED',
  'NOT_FOUND', 'NOT_SUPPORTED', 'INUSE_ATTRIBUTE', 'INVALID_STATE', 'SYNTAX', 'INVALID_MODIFICATION', 'NAMESPACE', 'INVALID_ACCESS', 'VALIDATION',
  'TYPE_MISMATCH', 'SECURITY', 'NETWORK', 'ABORT', 'URL_MISMATCH', 'QUOTA_EXCEEDED', 'TIMEOUT', 'INVALID_NODE_TYPE', 'DATA_CLONE'];
LEGACY.forEach((name, i) => {
  for (const holder of [DOMException, DOMException.prototype]) Object.defineProperty(holder, `${name}_ERR`, { value: i + 1, enumerable: true });
});

return { DOMException };
