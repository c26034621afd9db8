'use strict';

// pm.request, and the requests scripts make themselves.

const { parse, stringify } = load('json');
const { state } = load('state');
const { HeaderList, Header, VariableList, utf8 } = load('lists');
const { Url } = load('url');
const { RequestBody } = load('body');
// A RequestAuth holds one scheme's parameters as a list of variables.
class RequestAuth {
  constructor(options) { this.update(options?.[options?.type] ?? undefined, options?.type); }
  update(params, type = this.type) {
    if (this.type && this.type !== type) delete this[this.type];
    this.type = type;
    if (!type || type === 'noauth') return;
    this[type] = params instanceof VariableList ? params : new VariableList(this, params);
  }
  use(type, params) { this.update(params, type); }
  current() { return this.type; }
  parameters() { return this[this.type]; }
  clear(type) { delete this[type]; }
  toJSON() {
    const out = { type: this.type };
    const params = this.parameters();
    if (params) out[this.type] = params.toJSON();
    return out;
  }
}

class PostmanRequest {
  #url;
  #auth;
  constructor(options) {
    if (typeof options === 'string') options = { url: options };
    this.#url = new Url(options?.url || undefined);
    this.method = options?.method === undefined ? 'GET' : String(options.method).toUpperCase();
    Object.defineProperty(this, 'headers', { value: new HeaderList(this, options?.header), writable: true, enumerable: true, configurable: true });
    this.body = options?.body ? new RequestBody(options.body) : undefined;
    this.#auth = options?.auth?.type ? new RequestAuth(options.auth) : undefined;
    for (const name of ['certificate', 'proxy', 'description', 'id', 'name']) if (options?.[name] !== undefined) this[name] = options[name];
  }
  get url() { return this.#url; }
  set url(value) { this.#url = value instanceof Url ? value : new Url(value); }
  get auth() { return this.#auth; }
  set auth(value) { this.#auth = value && !(value instanceof RequestAuth) ? new RequestAuth(value) : value || undefined; }
  update(options) {
    const { url, method, header, headers, body, auth } = typeof options === 'string' ? { url: options } : options || {};
    if (url !== undefined) this.url = url;
    if (method !== undefined) this.method = String(method).toUpperCase();
    if (header ?? headers) this.headers.repopulate(header ?? headers);
    if (body !== undefined) this.body = body === null ? undefined : new RequestBody(body);
    if (auth !== undefined) this.auth = auth;
  }
  authorizeUsing(type, options) {
    if (type !== null && typeof type === 'object') [options, type] = [type[type.type] ?? type, type.type];
    if (type === null || type === undefined) this.#auth = undefined;
    else this.#auth = new RequestAuth({ type, [type]: options });
  }
  addHeader(header, name) { this.headers.add(typeof header === 'string' && name === undefined ? Header.parseSingle(header) : new Header(header, name)); }
  upsertHeader(header) { if (header) this.headers.upsert(header); }
  removeHeader(which, { ignoreCase = false } = {}) {
    const name = String(which?.key ?? which);
    this.headers.remove((header) => (ignoreCase ? header.key.toLowerCase() === name.toLowerCase() : header.key === name));
  }
  getHeaders({ enabled = false, ignoreCase = false, multiValue = false, sanitizeKeys = false } = {}) {
    const out = {};
    for (const header of this.headers.members) {
      if ((enabled && header.disabled) || (sanitizeKeys && !header.key)) continue;
      const key = ignoreCase ? header.key.toLowerCase() : header.key;
      if (multiValue && Object.hasOwn(out, key)) out[key] = [].concat(out[key], [header.value]);
      else out[key] = header.value;
    }
    return out;
  }
  forEachHeader(visit) { this.headers.each((header) => visit(header, this)); }
  addQueryParams(params) { this.url.addQueryParams(params); }
  removeQueryParams(params) { this.url.removeQueryParams(params); }
  size() {
    const body = this.body ? utf8(this.body.toString()) : 0;
    const header = this.headers.contentSize() + `${this.method} ${this.url.getPathWithQuery()} HTTP/1.1`.length + 4;
    return { body, header, total: body + header, source: 'COMPUTED' };
  }
  clone() { return new PostmanRequest(parse(stringify(this))); }
  toJSON() {
    const out = {};
    if (this.description !== undefined) out.description = this.description;
    out.url = this.url.toJSON();
    out.header = this.headers.toJSON();
    out.method = this.method;
    if (this.body !== undefined && this.body !== null) out.body = this.body.toJSON ? this.body.toJSON() : this.body;
    if (this.auth) out.auth = this.auth.toJSON();
    for (const name of ['certificate', 'proxy']) if (this[name] !== undefined) out[name] = this[name];
    return out;
  }
  static get _postman_propertyName() { return 'Request'; }
  static isRequest(value) { return value instanceof PostmanRequest; }
}

// track makes pm.request of a JSON, and lets the runner ask what became of it.
function track(json) {
  const request = new PostmanRequest(json);
  Object.defineProperty(request, 'to', { get: () => load('pm').pm.expect(request).to, configurable: true });
  const before = state.listen === 'prerequest' ? stringify(request) : '';
  state.request = {
    changed() {
      const after = stringify(request);
      return after === before ? undefined : parse(after);
    },
  };
  return request;
}

return { Request: PostmanRequest, RequestAuth, track };
