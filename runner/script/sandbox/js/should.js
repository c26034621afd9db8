'use strict';

// Chai's should interface: `value.should.…` on every object, once should() ran.

const { Assertion, failWith } = load('expect');

const BOXES = [String, Number, Boolean, Symbol, BigInt];

function shouldGetter() {
  const boxed = BOXES.some((box) => this instanceof box);
  return new Assertion(boxed ? this.valueOf() : this, null);
}

// shouldSetter allows an object to have its own property `should`.
function shouldSetter(value) {
  Object.defineProperty(this, 'should', { value, enumerable: true, configurable: true, writable: true });
}

function should() {
  Object.defineProperty(Object.prototype, 'should', { get: shouldGetter, set: shouldSetter, configurable: true });
  const Throw = (fn, type, text, message) => { new Assertion(fn, message).to.Throw(type, text); };
  const notThrow = (fn, type, text, message) => { new Assertion(fn, message).to.not.Throw(type, text); };
  return {
    fail: failWith('should'),
    equal(a, b, message) { new Assertion(a, message).to.equal(b); },
    exist(value, message) { new Assertion(value, message).to.exist; },
    Throw,
    throw: Throw,
    not: {
      equal(a, b, message) { new Assertion(a, message).to.not.equal(b); },
      exist(value, message) { new Assertion(value, message).to.not.exist; },
      Throw: notThrow,
      throw: notThrow,
    },
  };
}

return { should };
