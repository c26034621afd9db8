'use strict';

// pm.response, and what pm.sendRequest gives.

const { parse, stringify } = load('json');
const { HeaderList, CookieList } = load('lists');

class PostmanResponse {
  #number;
  #made = {};
  #sizes;
  constructor(options) {
    const number = options?._number;
    this.#number = number;
    this.id = options?.id;
    Object.defineProperty(this, '_details', { get: () => this.details(), enumerable: true, configurable: true });
    if (options?.code !== undefined) {
      this.code = Number(options.code);
      this.status = options.status ?? '';
    }
    this.headers = new HeaderList(this, options?.header);
    this.cookies = new CookieList(this, options?.cookie);
    if (options?.responseTime !== undefined) this.responseTime = options.responseTime;
    if (options?.body !== undefined) this.body = options.body;
    this.#sizes = options?._sizes;
    if (number !== undefined) this.responseSize = options._sizes.decoded;
    if (number !== undefined || options?._empty) Object.defineProperty(this, 'stream', { get: () => this._bytes(), enumerable: true, configurable: true });
  }
  _once(name, make) {
    if (!(name in this.#made)) this.#made[name] = make();
    return this.#made[name];
  }
  _bytes() {
    if (this.#number === undefined) return undefined;
    return this._once('stream', () => Buffer.from(host.bytes(this.#number), 'base64'));
  }
  text() {
    if (this.body !== undefined) return this.body;
    if (this.#number === undefined) return undefined;
    return this._once('text', () => host.body(this.#number));
  }
  json(reviver, strict) {
    const text = this.text();
    if (reviver) return load('jsonerror').parse(text ?? '', reviver);
    try {
      return parse(text);
    } catch {
      return load('jsonerror').parse(text);
    }
  }
  jsonp(reviver) {
    const found = /^[\s\uFEFF]*[^({[]*\(([\s\S]*)\)[\s;]*$/.exec(this.text() ?? '');
    return load('jsonerror').parse(found ? found[1] : this.text() ?? '', reviver);
  }
  reason() { return this.status || load('status').reasons[this.code]; }
  size() {
    const { body, head } = this.#sizes || { body: 0, head: 0 };
    return { body, header: head, total: body + head };
  }
  details() {
    const name = load('status').reasons[this.code];
    return { name: this.status || name, code: this.code, standardName: name, detail: '' };
  }
  encoding() {
    const value = this.headers.get('Transfer-Encoding') || this.headers.get('Content-Encoding');
    return value ? { format: value, source: 'header' } : undefined;
  }
  contentInfo() {
    const type = String(this.headers.get('Content-Type') ?? 'text/plain');
    const [, mime = 'text/plain', charset = 'utf8'] = /^\s*([^;\s]+)[^]*?(?:charset=["']?([^"';\s]+)|$)/i.exec(type) || [];
    const major = /json/.test(mime) ? 'text' : mime.split('/')[0];
    return { mimeType: major === 'application' ? 'text' : major, mimeFormat: /json/.test(mime) ? 'json' : mime.split('/')[1], charset,
      contentType: mime, fileExtension: /json/.test(mime) ? 'json' : mime === 'text/plain' ? 'txt' : mime.split('/')[1], fileName: 'response.' + (/json/.test(mime) ? 'json' : 'txt') };
  }
  dataURI() {
    const type = String(this.headers.get('Content-Type') ?? 'text/plain');
    return `data:${type};base64, ${this.#number === undefined ? '' : host.bytes(this.#number)}`;
  }
  mime() { throw new Error('`Response#mime` has been discontinued, use `Response#contentInfo` instead.'); }
  get to() { return load('pm').pm.expect(this).to; }
  toJSON() {
    const out = { id: this.id, status: this.status, code: this.code, header: this.headers.toJSON() };
    if (this.#number !== undefined) out.stream = { type: 'Buffer', data: [...this.stream] };
    else if (this.body !== undefined) out.body = this.body;
    out.cookie = this.cookies.toJSON();
    if (this.responseTime !== undefined) out.responseTime = this.responseTime;
    if (this.responseSize !== undefined) out.responseSize = this.responseSize;
    return out;
  }
  clone() { return new PostmanResponse(parse(stringify(this))); }
  static get _postman_propertyName() { return 'Response'; }
  static isResponse(value) { return value instanceof PostmanResponse; }
}

// received is the response a number stands for; an empty one when the request
// got none.
function received(number) {
  const text = host.response(number);
  const r = text === undefined ? {} : parse(text);
  if (!r.code) return new PostmanResponse({ _empty: true });
  return new PostmanResponse({ _number: number, code: r.code, status: r.status, header: r.header, responseTime: r.time, id: r.id,
    _sizes: { body: r.body, head: r.head, decoded: r.size } });
}

return { Response: PostmanResponse, received };
