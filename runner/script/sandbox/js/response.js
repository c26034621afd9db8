'use strict';

// pm.response, and what pm.sendRequest gives. The body stays with the runner
// until a script asks for it.

const { parse } = load('json');

// own are the getters of properties a response has of its own but makes only
// when asked.
const own = {
  id() { return this._made('id', () => load('web').crypto.randomUUID()); },
  _details() { return this.details(); },
  headers() { return this._made('headers', () => new (load('lists').HeaderList)(this, this._header())); },
  stream() { return this._made('stream', () => this._bytes()); },
  cookies() { return this._made('cookies', () => new (load('cookies').CookieList)(this, this._source().cookie)); },
};

// lazily is as costly as a plain property; Object.defineProperty, which reads a
// descriptor first, is not.
const lazily = Symbol('lazily');

class PostmanResponse {
  #source;
  #made = {};
  // number is the runner's for a response it holds; a response without one is
  // a script's own, or that of a request that failed.
  constructor(source = {}) {
    this.#source = source;
    const { code, status, body, stream, responseTime, number, id } = source;
    if (id === undefined) this[lazily]('id', own.id);
    else this.id = id;
    this[lazily]('_details', own._details);
    const known = code === undefined ? undefined : status || source.reason || load('status').reasons[code];
    if (known !== undefined) this.status = known;
    if (code !== undefined) this.code = code;
    this[lazily]('headers', own.headers);
    if (typeof body === 'string') this.body = body;
    if (number !== undefined || stream || (body && typeof body === 'object')) this[lazily]('stream', own.stream);
    this[lazily]('cookies', own.cookies);
    if (responseTime !== undefined) this.responseTime = responseTime;
    const size = number === undefined ? this.stream?.byteLength : source.size;
    if (size !== undefined) this.responseSize = size;
  }
  _source() { return this.#source; }
  _header() {
    const { number, header } = this.#source;
    return number === undefined ? header : parse(host.header(number));
  }
  _made(name, make) {
    return Object.hasOwn(this.#made, name) ? this.#made[name] : (this.#made[name] = make());
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
    if (number !== undefined) return this._made('text', () => host.body(number));
    return this.stream ? this.stream.toString() : this.body;
  }
  json(reviver) {
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
    const sizes = number === undefined ? this._sizes() : { body, header: head };
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

Object.defineProperty(PostmanResponse.prototype, lazily, { value: Object.prototype.__defineGetter__ });

// received is the response a number stands for; an empty one when the request
// got none.
function received(number) {
  const text = host.response(number);
  if (text === undefined) return new PostmanResponse();
  const r = parse(text);
  if (!r[0]) return new PostmanResponse();
  return new PostmanResponse({ number, code: r[0], status: r[1], responseTime: r[2], body: r[3], head: r[4], size: r[5] });
}

return { Response: PostmanResponse, received };
