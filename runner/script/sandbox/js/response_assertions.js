'use strict';

// What pm.response.to.have and .to.be know: Postman's assertions, with its
// messages. Named statuses go by the code alone; Postman compares the reason
// phrase first, which servers may choose.

const { Assertion, util } = load('expect');

// The objects of require('postman-collection') count, too.
const kind = (value) => value?.constructor?._postman_propertyName;
const isResponse = (value) => kind(value) === 'Response';
const isRequest = (value) => kind(value) === 'Request';

function target(assertion) {
  const value = assertion._obj;
  if (!isResponse(value)) new Assertion(value).assert(false, 'expecting a postman response object but got #{this}', 'not expecting a postman response object');
  return value;
}

const { addProperty, addMethod, addChainableMethod } = util;
const words = Assertion.prototype;

// methods and properties add an assertion under each name.
const methods = (names, check) => names.forEach((name) => addMethod(words, name, check));
const properties = (names, check) => names.forEach((name) => addProperty(words, name, check));


function code(wanted) {
  const { code: got } = target(this);
  this.assert(got === Number(wanted), `expected response to have status code #{exp} but got #{act}`,
    'expected response to not have status code #{act}', Number(wanted), got);
}

function reason(wanted) {
  const got = target(this).reason();
  this.assert(got === wanted, 'expected response to have status reason #{exp} but got #{act}',
    'expected response to not have status reason #{act}', wanted, got);
}

function codeClass(wanted) {
  const { code: got } = target(this);
  this.assert(Math.floor(got / 100) === Number(wanted), `expected response code to be ${wanted}XX but found #{act}`,
    `expected response code to not be ${wanted}XX`, Number(wanted), got);
}

const named = {
  ok: 200, accepted: 202, withoutContent: 204, badRequest: 400, unauthorized: 401, unauthorised: 401,
  forbidden: 403, notFound: 404, notAcceptable: 406, rateLimited: 429,
};

function header(key, ...values) {
  const { headers } = target(this);
  const wanted = values.length ? values[0] : undefined;
  if (!values.length) {
    this.assert(headers.has(key), `expected response to have header with key '${key}'`,
      `expected response to not have header with key '${key}'`, true, false);
    return;
  }
  this.assert(headers.one(key) !== undefined, `expected response to have header with key '${key}'`,
    `expected response to not have header with key '${key}'`, true, false);
  const got = headers.one(key)?.value;
  this.assert(got === wanted, `expected '${key}' response header to be #{exp} but got #{act}`,
    `expected '${key}' response header to not be #{act}`, wanted, got);
}

// parsed is the body as JSON, or why it is none.
function parsed(response) {
  try {
    return { ok: true, value: response.json() };
  } catch (error) {
    return { ok: false, why: String(error.message).split('\n')[0] };
  }
}

function validJSON() {
  const { ok, why } = parsed(target(this));
  this.assert(ok, `expected response body to be a valid json but got error ${why}`, 'expected response body not to be a valid json');
}

function withBody() {
  const text = target(this).text();
  this.assert(text !== undefined && text !== null && text !== '', 'expected response to have content in body', 'expected response to not have content in body');
}

function body(wanted) {
  if (!arguments.length) return withBody.call(this);
  const response = target(this);
  const text = response.text();
  if (wanted instanceof RegExp) {
    this.assert(wanted.test(text), `expected response body text to match #{exp} but got #{act}`,
      `expected response body text #{act} to not match #{exp}`, wanted, text);
  } else if (wanted !== null && typeof wanted === 'object') {
    const { ok, value } = parsed(response);
    this.assert(ok && util.eql(value, wanted), 'expected response body json to equal #{exp} but got #{act}',
      'expected response body json to not equal #{exp} but got #{act}', wanted, value);
  } else {
    this.assert(text === wanted, 'expected response body to equal #{exp} but got #{act}',
      'expected response body to not equal #{exp}', wanted, text);
  }
}

function jsonBody(path, value) {
  const response = target(this);
  const { ok, value: json, why } = parsed(response);
  if (!ok) return this.assert(false, `expected response body to be a valid json but got error ${why}`, 'expected response body not to be a valid json');
  if (!arguments.length) return this.assert(true, '', 'expected response body not to be a valid json');
  if (typeof path !== 'string') {
    return this.assert(util.eql(json, path), 'expected response body json to equal #{exp} but got #{act}',
      'expected response body json to not equal #{exp} but got #{act}', path, json);
  }
  const found = at(json, path);
  if (arguments.length < 2) {
    return this.assert(found.exists, `expected #{act} in response to contain property '${path}'`,
      `expected #{act} in response to not contain property '${path}'`, undefined, json);
  }
  this.assert(found.exists && util.eql(found.value, value), `expected response body json at "${path}" to contain #{exp} but got #{act}`,
    `expected response body json at "${path}" to not contain #{exp} but got #{act}`, value, found.value);
}

// at follows a path such as a.b[0]['c'].
function at(value, path) {
  if (value !== null && typeof value === 'object' && Object.hasOwn(value, path)) return { exists: true, value: value[path] };
  const steps = [...path.matchAll(/[^.[\]]+|\[(?:(\d+)|(["'])(.*?)\2)\]/g)].map(([all, index, , name]) => index ?? name ?? all);
  for (const step of steps) {
    if (value === null || value === undefined || !Object.hasOwn(Object(value), step)) return { exists: false };
    value = value[step];
  }
  return { exists: true, value };
}

// time and size: a method for the exact value, and the start of a chain.
function measured(name, read, message) {
  addChainableMethod(words, name, function (wanted) {
    if (!arguments.length) return;
    const got = read(target(this));
    message(this, got, wanted);
  }, function () {
    const got = read(target(this));
    this.assert(typeof got === 'number', `expected response to have a valid response ${name === 'responseTime' ? 'time' : 'size'} but got #{act}`,
      'expected response to not have a valid response time but got #{act}', undefined, got);
    util.flag(this, 'object', got);
  });
}

function jsonSchema(schema, options) {
  const subject = this._obj;
  const data = isResponse(subject) || isRequest(subject) ? read(subject) : subject;
  const { ok, errors } = validate(schema, data, options);
  this.assert(ok, `expected data to satisfy schema but found following errors: \n${errors}`, 'expected data to not satisfy schema', true, ok);
}

const read = (subject) => (isResponse(subject) ? subject.json() : load('jsonerror').parse(subject.body?.toString() ?? ''));

function validate(schema, data, options) {
  const Ajv = load('require').require('ajv');
  const ajv = new Ajv({ allErrors: true, logger: false, ...options });
  const ok = ajv.validate(schema, data);
  return { ok, errors: ok ? '' : ajv.errorsText() };
}

let installed = false;

function install() {
  if (installed) return;
  installed = true;
  methods(['statusCode'], code);
  methods(['statusReason'], reason);
  methods(['statusCodeClass'], codeClass);
  methods(['status'], function (wanted) { (typeof wanted === 'number' ? code : reason).call(this, wanted); });
  const classes = { info: 1, success: 2, redirection: 3, clientError: 4, serverError: 5 };
  for (const name of Object.keys(classes)) properties([name], function () { codeClass.call(this, classes[name]); });
  properties(['error'], function () {
    const { code: got } = target(this);
    this.assert(got >= 400 && got < 600, 'expected response code to be 4XX or 5XX but found #{act}', 'expected response code to not be 4XX or 5XX', undefined, got);
  });
  for (const name of Object.keys(named)) {
    if (name === 'ok') continue;
    properties([name], function () { code.call(this, named[name]); });
  }
  util.overwriteProperty(words, 'ok', (original) => function overwritingPropertyGetter() {
    if (isResponse(this._obj)) return code.call(this, named.ok);
    return original.call(this);
  });
  methods(['header'], header);
  properties(['withBody'], withBody);
  properties(['json'], validJSON);
  methods(['body'], body);
  methods(['jsonBody'], jsonBody);
  methods(['jsonSchema'], jsonSchema);
  measured('responseTime', (response) => response.responseTime, (assertion, got, wanted) =>
    assertion.assert(got === wanted, 'expected response to have a valid response time but got #{act}', 'expected response to not have a valid response time but got #{act}', wanted, got));
  measured('responseSize', (response) => response.size().total, (assertion, got, wanted) =>
    assertion.assert(got === wanted, 'expected response size to equal #{exp} but got #{act}', 'expected response size to not equal #{exp} but got #{act}', wanted, got));
  properties(['postmanRequest'], function () {
    this.assert(isRequest(this._obj), 'expecting a postman request object but got #{this}', 'not expecting a postman request object');
  });
  properties(['postmanResponse'], function () {
    this.assert(isResponse(this._obj), 'expecting a postman response object but got #{this}', 'not expecting a postman response object');
  });
  properties(['postmanRequestOrResponse'], function () {
    this.assert(isRequest(this._obj) || isResponse(this._obj), 'expecting a postman request or response object but got #{this}', 'not expecting a postman request or response object');
  });
}

return { install };
