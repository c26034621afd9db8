'use strict';

// Event and EventTarget of the DOM standard, without a tree.

const { absent, wrongType, received } = load('coded');

const now = () => host.clock();

class Event {
  #type;
  #init;
  #time = now();
  #prevented = false;
  #stopped = ''; // 'later': listeners of other targets are skipped, 'all': of this one, too
  #target = null;
  #running = false;
  constructor(type, init) {
    if (!arguments.length) throw absent('The "type" argument must be specified');
    if (init !== undefined && init !== null && typeof init !== 'object') throw wrongType(`The "options" argument must be of type object. ${received(init)}`);
    this.#type = String(type);
    this.#init = init ?? {};
  }
  get type() { return this.#type; }
  get bubbles() { return Boolean(this.#init.bubbles); }
  get cancelable() { return Boolean(this.#init.cancelable); }
  get composed() { return Boolean(this.#init.composed); }
  get defaultPrevented() { return this.#prevented; }
  get returnValue() { return !this.#prevented; }
  get target() { return this.#target; }
  get srcElement() { return this.#target; }
  get currentTarget() { return this.#running ? this.#target : null; }
  get eventPhase() { return this.#running ? 2 : 0; }
  get timeStamp() { return this.#time; }
  get isTrusted() { return false; }
  get cancelBubble() { return this.#stopped !== ''; }
  set cancelBubble(value) { if (value) this.stopPropagation(); }
  composedPath() { return this.#running ? [this.#target] : []; }
  preventDefault() { if (this.cancelable) this.#prevented = true; }
  stopPropagation() { this.#stopped ||= 'later'; }
  stopImmediatePropagation() { this.#stopped = 'all'; }
  get [Symbol.toStringTag]() { return 'Event'; }
  static { Object.assign(this, { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 }); }
  // run calls the listeners with the event, one after the other.
  static run(event, target, listeners) {
    if (event.#running) throw new (load('domexception').DOMException)('The event is already being dispatched', 'InvalidStateError');
    event.#target = target;
    event.#running = true;
    try {
      for (const call of listeners) {
        if (event.#stopped === 'all') break;
        call(event);
      }
    } finally {
      event.#running = false;
      event.#stopped = '';
    }
    return !event.#prevented;
  }
}
const { run } = Event;
delete Event.run;

// An exception of a listener fails the script, and the other listeners still
// run.
const report = (error) => { Promise.reject(error); };

class EventTarget {
  #listeners = [];
  addEventListener(type, listener, options) {
    if (arguments.length < 2) throw absent('The "type" and "listener" arguments must be specified');
    if (listener === null || listener === undefined) return;
    if (typeof listener !== 'function' && typeof listener !== 'object') throw wrongType(`The "listener" argument must be an instance of EventListener. ${received(listener)}`);
    const { capture, once, signal } = typeof options === 'object' && options !== null ? options : { capture: options };
    if (signal?.aborted) return;
    const entry = { type: String(type), listener, capture: Boolean(capture), once: Boolean(once) };
    if (this.#listeners.some((other) => same(other, entry))) return;
    this.#listeners.push(entry);
    signal?.addEventListener('abort', () => this.removeEventListener(type, listener, options), { once: true });
  }
  removeEventListener(type, listener, options) {
    const capture = Boolean(typeof options === 'object' && options !== null ? options.capture : options);
    const entry = { type: String(type), listener, capture };
    this.#listeners = this.#listeners.filter((other) => !same(other, entry));
  }
  dispatchEvent(event) {
    if (!arguments.length) throw absent('The "event" argument must be specified');
    if (!(event instanceof Event)) throw wrongType(`The "event" argument must be an instance of Event. ${received(event)}`);
    const { type } = event;
    const calls = this.#listeners.filter((entry) => entry.type === type).map((entry) => (event) => {
      if (!this.#listeners.includes(entry)) return;
      if (entry.once) this.removeEventListener(type, entry.listener, entry.capture);
      try {
        if (typeof entry.listener === 'function') entry.listener.call(this, event);
        else entry.listener.handleEvent(event);
      } catch (error) {
        report(error);
      }
    });
    return run(event, this, calls);
  }
  get [Symbol.toStringTag]() { return 'EventTarget'; }
}

const same = (a, b) => a.type === b.type && a.listener === b.listener && a.capture === b.capture;

return { Event, EventTarget };
