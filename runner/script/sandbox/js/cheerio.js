'use strict';

// cheerio with faster functions in Go: Go finds the tokens of simple parts of a
// page, and counts the siblings of an element for selectors such as :nth-child.
// The library reads the rest.

const { Accelerator, reach, surroundings } = load('accelerate');
const { getOwnPropertyDescriptors, values } = Object;
const { fromCharCode } = String;
const mentions = host.native('mentions');
const read = host.native('html.tokens');
const position = host.native('html.position');

function accelerate(library) {
  if (!read) return false;
  const tokenizer = tokenizerOf(library);
  const select = surroundings(library.prototype.find).find((f) => f.filters);
  const replaced = [tokenizer && tokenizing(tokenizer.prototype)];
  if (select) {
    const nth = surroundings(select.filters['nth-child']).find((f) => typeof f.compile === 'function' && typeof f.parse === 'function');
    const [search] = reach([select], 2, 'query elems falseFunc findAll');
    if (nth && search) replaced.push(finding(search, nth));
    for (const name of COUNTED) if (nth) replaced.push(counting(select.filters, name, nth));
  }
  return replaced.some(Boolean);
}

const COUNTED = ['nth-child', 'nth-last-child', 'nth-of-type', 'nth-last-of-type']; // selectors

// tokenizerOf returns the tokenizer class, which cheerio does not export.
function tokenizerOf(library) {
  const met = new Set([library.load]);
  for (const it of met) {
    if (typeof it === 'function' && mentions(it, '_sectionStart _xmlMode _decodeEntities _cbs') && it.prototype?._parse) return it;
    const around = typeof it === 'function' ? surroundings(it) : [];
    const inside = values(getOwnPropertyDescriptors(it)).map(({ value }) => value);
    for (const next of [...around, ...inside]) if (isObject(next) && met.size < 1000) met.add(next);
  }
  return undefined;
}

const isObject = (value) => typeof value === 'object' && value !== null || typeof value === 'function';

// STATES are the tokenizer's functions for a character, by the number of the
// state.
const STATES = ['Text', 'BeforeTagName', 'InTagName', 'InSelfClosingTag', 'BeforeCloseingTagName', 'InCloseingTagName', 'AfterCloseingTagName',
  'BeforeAttributeName', 'InAttributeName', 'AfterAttributeName', 'BeforeAttributeValue', 'InAttributeValueDoubleQuotes', 'InAttributeValueSingleQuotes',
  'InAttributeValueNoQuotes', 'BeforeDeclaration', 'InDeclaration', 'InProcessingInstruction', 'BeforeComment', 'InComment', 'AfterComment1', 'AfterComment2',
  ...numbered('BeforeCdata', 6), 'InCdata', 'AfterCdata1', 'AfterCdata2', 'BeforeSpecial', 'BeforeSpecialEnd', ...numbered('BeforeScript', 5),
  ...numbered('AfterScript', 5), ...numbered('BeforeStyle', 4), ...numbered('AfterStyle', 4), 'BeforeEntity', 'BeforeNumericEntity', 'InNamedEntity',
  'InNumericEntity', 'InHexEntity'].map((name) => `_state${name}`);

function numbered(name, count) { return Array.from({ length: count }, (_, i) => name + (i + 1)); }

// TOKENS are the callbacks of the tokenizer, by Go's numbers. The first ones
// get a text, the last one gets the character of an entity.
const TOKENS = ['ontext', 'onopentagname', 'onclosetag', 'onattribname', 'onattribdata', 'oncomment', 'onattribend', 'onopentagend', 'onselfclosingtag', 'ontext', 'onattribdata'];
const [WITHOUT_TEXT, ENTITY] = [6, 9];

const [TEXT, NONE] = [0, 0]; // a state, and what is special about a tag

function tokenizing(prototype) {
  const it = new Accelerator(prototype);
  if (!it.own('_parse', '_stateInHexEntity _cleanup') || !STATES.every((name) => typeof prototype[name] === 'function')) return false;
  return it.replace(prototype._parse, () => function () {
    for (; this._index < this._buffer.length && this._running; this._index++) {
      if (this._state === TEXT) {
        skip(this);
        if (this._index >= this._buffer.length) break;
      }
      this[STATES[this._state]](this._buffer.charAt(this._index));
    }
    this._cleanup();
  }, (call) => SAMPLES.map((text) => {
    const calls = [];
    const cbs = Object.fromEntries([...TOKENS, 'ondeclaration', 'onprocessinginstruction', 'oncdata'].map((name) => [name, (...args) => calls.push([name, it._index, it._sectionStart, ...args])]));
    const it = Object.assign(Object.create(prototype), {
      _state: 0, _buffer: text, _sectionStart: 0, _index: 0, _bufferOffset: 0, _baseState: 0, _special: 0, _cbs: cbs, _running: true, _ended: false, _xmlMode: false, _decodeEntities: true,
    });
    call(it);
    const { _cbs, _baseState, ...state } = it; // _baseState is set before each entity
    return [calls, state];
  }));
}

const SAMPLES = ['a<!DOCTYPE a><!-- c --><a b=c d="e"f>g&amp;h</a ><br/><i', '<style>a<b</style><p title="&lt;">x'];

// skip advances a tokenizer that is in text to the next part that only the
// library can read.
function skip(tokenizer) {
  const { _buffer: text, _cbs: cbs } = tokenizer;
  if (tokenizer._special !== NONE) {
    const tag = text.indexOf('<', tokenizer._index);
    tokenizer._index = tag < 0 ? text.length : tag;
    return;
  }
  const tokens = read(text, tokenizer._index, tokenizer._sectionStart, tokenizer._decodeEntities, tokenizer._xmlMode);
  if (!tokens) return;
  for (let i = 2; i < tokens.length; i += 4) {
    const token = tokens[i];
    const name = TOKENS[token];
    tokenizer._index = tokens[i + 3];
    if (token < WITHOUT_TEXT) {
      tokenizer._sectionStart = tokens[i + 1];
      cbs[name](text.substring(tokens[i + 1], tokens[i + 2]));
    } else if (token < ENTITY) {
      tokenizer._sectionStart = -1;
      cbs[name]();
    } else {
      tokenizer._sectionStart = tokens[i + 2];
      cbs[name](fromCharCode(tokens[i + 1]));
    }
  }
  [tokenizer._index, tokenizer._sectionStart] = tokens;
}

// finding is for search(query, elements), which copies the list of results for
// each element.
const finding = (search, nth) => new Accelerator({ search }).replace(search, () => function (query, elements) {
  const found = [];
  if (query !== nth('0') && elements && elements.length !== 0) collect(query, elements, found);
  return found;
}, (call) => {
  const [met, leaf, more] = [[], { type: 'style', children: [] }, { type: 'tag', children: [{ type: 'text' }] }];
  const tree = { type: 'tag', children: [leaf, { type: 'tag', children: [leaf] }, more] };
  return [call(undefined, (element) => met.push(element) % 2, [tree, { type: 'text' }, tree]), met, call(undefined, nth('0'), [tree]), call(undefined, nth('n'), null)];
});

function collect(test, elements, found) {
  for (let i = 0, count = elements.length; i < count; i++) {
    const element = elements[i];
    const { type } = element;
    if (type !== 'tag' && type !== 'script' && type !== 'style') continue;
    if (test(element)) found.push(element);
    if (element.children.length > 0) collect(test, element.children, found);
  }
}

// counting is for the selectors that count siblings.
function counting(filters, name, nth) {
  const it = new Accelerator(filters);
  if (!it.own(name, 'getSiblings pos func')) return false;
  const [always, never] = [nth('n'), nth('0')];
  const [backwards, byName] = [name.includes('last'), name.includes('type')];
  return it.replace(filters[name], (plain) => function (next, rule) {
    const test = plain(this, [next, rule]);
    const check = nth(rule);
    if (check === always || check === never) return test;
    return (element) => {
      const siblings = element.parent ? element.parent.children : [element];
      const before = position(siblings, element, backwards, byName);
      return before === undefined ? test(element) : check(before) && next(element);
    };
  }, (call) => ['2', 'odd', 'n', '-n+2', '0'].map((rule) => family().map(call(filters, (element) => element.id, rule))));
}

// family returns a few elements with the same parent, for probes.
function family() {
  const parent = { children: [] };
  parent.children.push(...['tag', 'text', 'tag', 'script', 'tag', 'comment', 'tag'].map((type, id) => ({ type, id, name: id % 3 ? 'a' : 'b', parent })));
  return parent.children.filter(({ type }) => type === 'tag' || type === 'script');
}

return { accelerate };
