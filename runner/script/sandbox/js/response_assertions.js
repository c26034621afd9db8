'use strict';

// The words of pm.response.to.have and .to.be: Postman's assertions and
// messages. Named statuses compare only the code; Postman compares the reason
// phrase first, which servers may choose.

const { parse, stringify } = load('json');
const { Assertion, set, passes, properties, methods, chainables } = load('expect');
const { apply, getPrototypeOf, isArray, keys, toString, OwnMap } = load('own');

// Objects of require('postman-collection') are accepted, too.
const kind = (value) => value?.constructor?._postman_propertyName;
const { Response } = load('response');
const isResponse = (value) => value?.constructor === Response || kind(value) === 'Response';
const isRequest = (value) => kind(value) === 'Request';

function target(assertion) {
  const value = assertion._obj;
  if (!isResponse(value)) new Assertion(value).assert(false, 'expecting a postman response object but got #{this}', 'not expecting a postman response object');
  return value;
}

// coded returns a response that has a status code.
function coded(assertion) {
  const response = target(assertion);
  if (typeof response.code === 'number') return response;
  new Assertion(response).to.have.property('code');
  new Assertion(response.code).to.be.a('number');
  return response;
}

function code(wanted) {
  const { code: got } = coded(this);
  if (passes(this.__flags, got === Number(wanted))) return;
  this.assert(got === Number(wanted), `expected response to have status code #{exp} but got #{act}`,
    'expected response to not have status code #{act}', Number(wanted), got);
}

function reason(wanted) {
  const got = target(this).reason();
  this.assert(got === wanted, 'expected response to have status reason #{exp} but got #{act}',
    'expected response to not have status reason #{act}', wanted, got);
}

function codeClass(wanted) {
  const { code: got } = coded(this);
  this.assert(Math.floor(got / 100) === Number(wanted), `expected response code to be ${wanted}XX but found #{act}`,
    `expected response code to not be ${wanted}XX`, Number(wanted), got);
}

const named = {
  accepted: [202, 'ACCEPTED'], withoutContent: [204, 'NO CONTENT'], badRequest: [400, 'BAD REQUEST'],
  unauthorized: [401, 'UNAUTHORIZED'], unauthorised: [401, 'UNAUTHORIZED'], forbidden: [403, 'FORBIDDEN'], notFound: [404, 'NOT FOUND'],
  notAcceptable: [406, 'NOT ACCEPTABLE'], rateLimited: [429, 'TOO MANY REQUESTS'],
};

// status compares the code. When the reason phrase also differs, the message
// names the reason phrase, as in Postman.
function status([wanted, phrase]) {
  const response = target(this);
  const got = String(response.reason()).toUpperCase();
  if (response.code !== wanted && got !== phrase) {
    return this.assert(false, 'expected response to have status reason #{exp} but got #{act}', '', phrase, got);
  }
  this.assert(response.code === wanted, 'expected response to have status code #{exp} but got #{act}',
    'expected response to not have status reason #{exp}', this.__flags.negate ? phrase : wanted, response.code);
}

function header(key, ...values) {
  const subject = this._obj;
  if (!isResponse(subject) && !isRequest(subject)) {
    new Assertion(subject).assert(false, 'expecting a postman request or response object but got #{this}', 'not expecting a postman request or response object');
  }
  const what = isRequest(subject) ? 'request' : 'response';
  const { headers } = subject;
  const value = headers.get(key);
  const found = value !== undefined || headers.has(key);
  if (!passes(this.__flags, found)) {
    this.assert(found, `expected ${what} to have header with key '${key}'`, `expected ${what} to not have header with key '${key}'`, true, found);
  }
  if (!values.length) return;
  if (!passes(this.__flags, value === values[0])) {
    this.assert(value === values[0], `expected '${key}' ${what} header to be #{exp} but got #{act}`,
      `expected '${key}' ${what} header to not be #{act}`, values[0], value);
  }
}

// parsed returns the body's JSON value, or the reason why the body is not JSON.
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

const isPlain = (value) => apply(toString, value, []) === '[object Object]'
  && [null, Object.prototype].includes(getPrototypeOf(value));

function body(wanted) {
  if (!arguments.length) return apply(withBody, this, []);
  const response = target(this);
  const text = response.text();
  if (wanted instanceof RegExp) {
    this.assert(wanted.test(text), `expected response body text to match #{exp} but got #{act}`,
      `expected response body text #{act} to not match #{exp}`, wanted, text);
  } else if (isPlain(wanted)) {
    const { ok, value } = parsed(response);
    this.assert(ok && load('deepequal').deepEqual(value, wanted), 'expected response body json to equal #{exp} but got #{act}',
      'expected response body json to not equal #{exp} but got #{act}', wanted, value);
  } else {
    this.assert(text === wanted, 'expected response body to equal #{exp} but got #{act}',
      'expected response body to not equal #{exp}', wanted, text);
  }
}

function jsonBody(path, value) {
  const response = target(this);
  const { ok, value: json, why } = parsed(response);
  if (!ok && typeof path !== 'string') return this.assert(false, `expected response body to be a valid json but got error ${why}`, 'expected response body not to be a valid json');
  if (!arguments.length) return this.assert(true, '', 'expected response body not to be a valid json');
  if (typeof path !== 'string') {
    return this.assert(load('deepequal').deepEqual(json, path), 'expected response body json to equal #{exp} but got #{act}',
      'expected response body json to not equal #{exp} but got #{act}', path, json);
  }
  const found = load('path').find(json, path);
  this.assert(found.exists, `expected #{act} in response to contain property '${path}'`,
    `expected #{act} in response to not contain property '${path}'`, undefined, json);
  if (arguments.length < 2) return;
  this.assert(load('deepequal').deepEqual(found.value, value), `expected response body json at "${path}" to contain #{exp} but got #{act}`,
    `expected response body json at "${path}" to not contain #{exp} but got #{act}`, value, found.value);
}

// time and size: a method that compares the exact value, and the start of a
// chain.
function measured(name, read, message) {
  chainables([name], function (wanted) {
    if (arguments.length) message(this, this._obj, wanted);
  }, function () {
    const response = target(this);
    if (name === 'responseTime') {
      new Assertion(response).to.have.property(name);
      new Assertion(response[name]).to.be.a('number');
    }
    set(this, 'object', read(response));
  });
}

function jsonSchema(schema, options) {
  new Assertion(schema).to.be.an('object');
  const subject = this._obj;
  const data = isResponse(subject) || isRequest(subject) ? read(subject) : subject;
  const { ok, errors } = validate(schema, data, options);
  this.assert(ok, `expected data to satisfy schema but found following errors: \n${errors}`, 'expected data to not satisfy schema', true, ok);
}

const read = (subject) => (isResponse(subject) ? subject.json() : load('jsonerror').parse(subject.body?.toString() ?? ''));

function validate(schema, data, options) {
  const { ajv, check } = validatorOf(schema, options);
  const ok = check(data);
  return { ok, errors: ok ? '' : ajv.errorsText(check.errors) };
}

// validators are those of schemas that scripts have used, by schema and options as
// text: to compile one takes a hundred times as long as to use it.
const validators = new OwnMap();
const MOST_VALIDATORS = 100;

function validatorOf(schema, options = null) {
  if (!isJSON(schema) || !isJSON(options) || objects.toJSON || arrays.toJSON) return compiled(schema, options);
  const text = stringify([schema, options]);
  let validator = validators.get(text);
  if (validator === undefined) {
    if (validators.size >= MOST_VALIDATORS) validators.clear();
    validator = compiled(parse(text)[0], options); // the script may change its own
    validators.set(text, validator);
  }
  return validator;
}

function compiled(schema, options) {
  const Ajv = load('require').require('ajv');
  const ajv = new Ajv({ allErrors: true, logger: false, ...options });
  return { ajv, check: ajv.compile(schema) };
}

const { isFinite } = Number;
const objects = Object.prototype;
const arrays = Array.prototype;

// isJSON reports whether a value's JSON says all of it. It gives up on what is
// nested deeply.
function isJSON(value, depth = 0) {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return isFinite(value);
  if (typeof value !== 'object' || depth > 100) return false;
  const list = isArray(value);
  if (getPrototypeOf(value) !== (list ? arrays : objects)) return false;
  const names = keys(value);
  if (list && names.length !== value.length) return false; // it has holes, or more than elements
  for (let i = 0; i < names.length; i++) {
    if (!isJSON(value[names[i]], depth + 1)) return false;
  }
  return true;
}

methods(['statusCode'], code);
methods(['statusReason'], reason);
methods(['statusCodeClass'], codeClass);
methods(['status'], function (wanted) {
  const flags = this.__flags;
  const { object } = flags;
  if (typeof wanted === 'number' && !flags.negate && object?.constructor === Response && object.code === wanted) return; // as most often
  apply(typeof wanted === 'number' ? code : reason, this, [wanted]);
});
const classes = { info: 1, success: 2, redirection: 3, clientError: 4, serverError: 5 };
for (const name in classes) properties([name], function () { apply(codeClass, this, [classes[name]]); });
properties(['error'], function () {
  const { code: got } = coded(this);
  this.assert(got >= 400 && got < 600, 'expected response code to be 4XX or 5XX but found #{act}', 'expected response code to not be 4XX or 5XX', undefined, got);
});
for (const name in named) properties([name], function () { apply(status, this, [named[name]]); });
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

return { ok: (assertion) => apply(status, assertion, [[200, 'OK']]) };
