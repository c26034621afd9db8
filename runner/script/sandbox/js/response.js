'use strict';

// pm.response, and the responses of pm.sendRequest. The runner keeps the body
// until a script reads it.

const { parse } = load('json');
const { mixed, Templated } = load('property');

// lazily defines properties by a class field, which costs as little as a plain
// property; Object.defineProperty must read a descriptor first.
const lazily = Symbol('lazily');

class PostmanResponse {
  #source;
  #made = {};
  // number identifies a response that the runner holds. A response without a
  // number was created by a script, or belongs to a failed request.
  constructor(source = {}) {
    this.#source = source;
    const { code, status, body, stream, responseTime, number, id } = source;
    if (id === undefined) this[lazily]('id', getters.id);
    else this.id = id;
    this[lazily]('_details', getters.details);
    const known = code === undefined ? undefined : status || source.reason || load('status').reasons[code];
    if (known !== undefined) this.status = known;
    if (code !== undefined) this.code = code;
    this[lazily]('headers', getters.headers);
    if (typeof body === 'string') this.body = body;
    if (number !== undefined || stream || (body && typeof body === 'object')) this[lazily]('stream', getters.stream);
    this[lazily]('cookies', getters.cookies);
    if (responseTime !== undefined) this.responseTime = responseTime;
    const size = number === undefined ? this.stream?.byteLength : source.size;
    if (size !== undefined) this.responseSize = size;
  }
  // Own properties of a response that are created at their first use.
  static _getters = {
    id() { return (this.#made.id ??= load('random').uuid()); },
    details() { return this.details(); },
    headers() { return (this.#made.headers ??= this._headers()); },
    stream() { return (this.#made.stream ??= this._bytes()); },
    cookies() { return (this.#made.cookies ??= new (load('cookies').CookieList)(this, this.#source.cookie)); },
  };
  // _received creates a response that the runner holds. It is a copy of an
  // object whose properties have the same names.
  static _received(like, source) {
    const response = host.copy(like);
    response.#source = source;
    response.#made = {};
    response.status = source.status;
    response.code = source.code;
    response.responseTime = source.responseTime;
    response.responseSize = source.size;
    return response;
  }
  _headers() {
    const { number, header } = this.#source;
    const { HeaderList } = load('lists');
    return number === undefined ? new HeaderList(this, header) : HeaderList._received(number, this);
  }
  _bytes() {
    const { number, stream, body } = this.#source;
    if (number !== undefined) return Buffer.from(host.bytes(number), 'base64');
    const given = body && typeof body === 'object' ? body : stream;
    if (given?.type === 'Buffer' && Array.isArray(given.data)) return Buffer.from(given.data);
    return given?.type === 'Base64' ? Buffer.from(given.data, 'base64') : given;
  }
  text() {
    const { number } = this.#source;
    if (number !== undefined) return (this.#made.text ??= host.body(number));
    return this.stream ? this.stream.toString() : this.body;
  }
  json(reviver) {
    const { number } = this.#source;
    if (number !== undefined && typeof reviver !== 'function') {
      const value = host.json(number);
      if (value !== undefined) return value;
    }
    const text = this.text();
    if (typeof reviver !== 'function') {
      try { return parse(text); } catch {}
    }
    return load('jsonerror').parse(text, typeof reviver === 'function' ? reviver : undefined);
  }
  jsonp(reviver) {
    const text = (this.text() || '').replace(/^[^{(].*\(/, '').replace(/\)[^}].*$|\)$/, '');
    return load('jsonerror').parse(text, typeof reviver === 'function' ? reviver : undefined);
  }
  reason() { return this.status || load('status').reasons[this.code]; }
  size() {
    const { number, body, head } = this.#source;
    const sizes = number === undefined || this.#made.updated ? this._sizes() : { body, header: head };
    return { ...sizes, total: sizes.body + sizes.header };
  }
  _sizes() {
    const body = this.stream ? this.stream.byteLength : this.body === undefined ? 0 : load('lists').utf8(String(this.body));
    return { body, header: `HTTP/X.X ${this.code} ${this.reason()}\r\n\r\n`.length + this.headers.contentSize() };
  }
  details() { return load('status').details(this.code, this.status); }
  encoding() {
    const format = this.headers.get('Content-Encoding');
    if (format) return { format, source: 'header' };
    const [a, b, c] = this.stream || [];
    return a === 0x1f && b === 0x8b && c === 8 ? { format: 'gzip', source: 'body' } : { format: undefined, source: undefined };
  }
  contentInfo() { return load('content').info(this.headers, () => this.stream); }
  dataURI() {
    const { number } = this.#source;
    const data = number === undefined ? (this.stream ? this.stream.toString('base64') : load('base64').btoa(this.body ?? '')) : host.bytes(number);
    return `data:${this.contentInfo().contentType};base64, ${data}`;
  }
  // update replaces parts of the response. Parts that are not given stay,
  // except for headers and cookies.
  update(options = {}) {
    const { code, status, reason, header, body, stream, cookie, responseTime, originalRequest } = options;
    const give = (name, value) => value !== undefined && Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
    if (body !== undefined || stream !== undefined) {
      this.#source = { body, stream };
      this.#made = {};
      give('body', body);
      give('stream', this._bytes());
      give('responseSize', this.stream?.byteLength);
    }
    this.#made.updated = true;
    give('status', reason ?? status ?? load('status').reasons[code]);
    give('code', code);
    give('headers', new (load('lists').HeaderList)(this, header));
    give('cookies', new (load('cookies').CookieList)(this, cookie));
    give('responseTime', responseTime);
    if (originalRequest) give('originalRequest', new (load('request').Request)(originalRequest));
  }
  // downloadedBytes is the size of the body as it was received, compressed or
  // not.
  get downloadedBytes() { return this.#source.number === undefined ? this.#source.downloadedBytes : this.#source.body; }
  mime() { throw new Error('`Response#mime` has been discontinued, use `Response#contentInfo` instead.'); }
  get to() { return load('pm').pm.expect(this).to; }
  toJSON() {
    const { _details, ...out } = load('lists').plain(this);
    return out;
  }
  clone() { return load('lists').copy(this); }
  static isResponse(value) { return value?.constructor?._postman_propertyName === 'Response'; }
  static mimeInfo() { throw new Error('`Response.mimeInfo` has been discontinued, use `Response#contentInfo` instead.'); }
  static get _postman_propertyName() { return 'Response'; }
}

mixed(PostmanResponse, Templated);

const getters = PostmanResponse._getters;
delete PostmanResponse._getters;
Object.defineProperty(PostmanResponse.prototype, lazily, { value: Object.prototype.__defineGetter__ });

// facts are the properties that the runner passes, in its order.
const facts = { number: 0, code: 0, status: '', responseTime: 0, body: 0, head: 0, size: 0 };

const like = new PostmanResponse({ ...facts, status: 'OK' });

// received returns the response with a number, or an empty one when the request
// got no response.
function received(number) {
  const source = host.response(number, facts);
  if (source === undefined) return new PostmanResponse();
  source.status ||= load('status').reasons[source.code];
  return source.status ? PostmanResponse._received(like, source) : new PostmanResponse(source);
}

const to = { get() { return load('expect').begin(this); }, configurable: true };

const likeTested = Object.defineProperty(new PostmanResponse({ ...facts, status: 'OK' }), 'to', to);

// tested returns pm.response.
function tested() {
  const source = host.response(0, facts);
  if (source?.status) return PostmanResponse._received(likeTested, source);
  return Object.defineProperty(received(0), 'to', to);
}

return { Response: PostmanResponse, received, tested };
