'use strict';

// pm.request, and the requests that scripts create.

const { parse, stringify } = load('json');
const { state } = load('state');
const { HeaderList, Property, isObject, plain, copy, utf8 } = load('lists');
const { Url } = load('url');
const { RequestBody } = load('body');

// A RequestAuth has a list of parameters for each auth scheme, and the scheme
// in use.
class PostmanRequestAuth {
  constructor(source) {
    if (!isObject(source)) return;
    if ('type' in source) this.use(source.type);
    for (const type of Object.keys(source)) if (type !== 'type') this.update(source[type], type);
  }
  update(params, type = this.type) {
    if (isObject(params) && valid(type)) this._take(type, params);
  }
  use(type, params) {
    if (!valid(type)) return;
    this.type = type;
    this._take(type, params);
  }
  _take(type, params) {
    const { VariableList } = load('variables');
    const list = (this[type] ??= new VariableList(this));
    if (Array.isArray(params) || params instanceof VariableList) list.assimilate(params);
    else list.syncFromObject(params, false, false);
  }
  current() { throw new Error('`Request#current` has been discontinued, use `Request#parameters` instead.'); }
  parameters() { return this[this.type]; }
  clear(type) {
    if (!valid(type) || !this[type]) return;
    if (type === this.type) this[type].clear();
    else delete this[type];
  }
  toJSON() { return plain(this); }
  static isValidType(type) { return valid(type); }
  static get _postman_propertyName() { return 'RequestAuth'; }
}

load('property').mixed(PostmanRequestAuth, load('property').Templated);

const valid = (type) => typeof type === 'string' && type !== 'type';
const method = (name) => (name === undefined || name === null ? 'GET' : String(name).toUpperCase());

class PostmanRequest extends Property {
  constructor(source) {
    if (typeof source === 'string') source = { url: source };
    super(source);
    this.url = new Url(source?.url);
    this.headers = new HeaderList(this, source?.header);
    this.method = method(source?.method);
    this._parts(source || {});
  }
  _parts({ body, auth, proxy, certificate }) {
    if (body !== undefined) this.body = body ? new RequestBody(body) : undefined;
    if (auth) this.auth = new PostmanRequestAuth(auth);
    if (proxy) this.proxy = proxy;
    if (certificate) this.certificate = certificate;
  }
  update(source) {
    if (!isObject(source)) return;
    if ('url' in source) {
      if (typeof this.url?.update === 'function') this.url.update(source.url);
      else this.url = new Url(source.url);
    }
    if (source.header) this.headers.repopulate(source.header);
    if ('method' in source) this.method = method(source.method);
    this._parts(source);
  }
  authorizeUsing(type, params) {
    if (isObject(type) && (params === undefined || params === null)) ({ type, ...params } = type);
    if (type === null) delete this.auth;
    if (!valid(type)) return;
    if (this.auth) this.auth.clear(type);
    else this.auth = new PostmanRequestAuth();
    this.auth.use(type, params);
  }
  getHeaders({ enabled, ignoreCase, multiValue, sanitizeKeys } = {}) {
    return this.headers.toObject(enabled, !ignoreCase, multiValue, sanitizeKeys);
  }
  forEachHeader(visit) { for (const header of this.headers.all()) visit(header, this); }
  addHeader(header) { this.headers.add(header); }
  removeHeader(which, { ignoreCase } = {}) {
    const fold = (key) => (ignoreCase ? key.toLowerCase() : key);
    const name = typeof which === 'string' ? which : which.key;
    if (name) this.headers.remove((header) => fold(header.key) === fold(name));
  }
  upsertHeader(header) {
    if (!header?.key) return;
    const found = this.headers.find({ key: header.key });
    if (found) found.value = header.value;
    else this.headers.add(header);
  }
  addQueryParams(params) { this.url.addQueryParams(params); }
  removeQueryParams(params) { this.url.removeQueryParams(params); }
  size() {
    const declared = this.headers.get('Content-Length');
    const counted = declared && !Number.isNaN(Number(declared));
    const body = counted ? parseInt(declared, 10) : this.body ? utf8(this.body.toString()) : 0;
    const header = `${this.method} ${this.url.getPathWithQuery()} HTTP/X.X\r\n\r\n`.length + this.headers.contentSize();
    return { body, header, total: body + header, source: counted ? 'CONTENT-LENGTH' : 'COMPUTED' };
  }
  clone() { return copy(this); }
  toJSON() {
    const out = plain(this);
    if (Array.isArray(out.header) && !out.header.length) delete out.header;
    return out;
  }
  static isRequest(value) { return value?.constructor?._postman_propertyName === 'Request'; }
  static get _postman_propertyName() { return 'Request'; }
}

// track creates pm.request from JSON, and lets the runner read it after the
// script.
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

load('property').enumerable(PostmanRequest);

return { Request: PostmanRequest, RequestAuth: PostmanRequestAuth, track };
