'use strict';

// xml2js with faster functions in Go: Go creates the object of a simple,
// well-formed document; the library reads the others.

const { Accelerator, surroundings, same } = load('accelerate');
const object = host.native('xml2js.object');
const twins = host.native('twins');

const FLAGS = ['explicitArray', 'explicitCharkey', 'explicitRoot', 'ignoreAttrs', 'mergeAttrs', 'normalize', 'trim'];
const UNUSUAL = ['async', 'attrValueProcessors', 'explicitChildren', 'validator', 'valueProcessors', 'xmlns'];
const NAMED = ['normalize', 'firstCharLowerCase', 'stripPrefix']; // processors that Go implements
const HANDLERS = ['onerror', 'onend', 'onopentag', 'onclosetag', 'ontext', 'oncdata'];

const inherited = Reflect.ownKeys(Object.prototype).length;

// whole has the parsers of sax to which parseString passes a whole document.
const whole = new WeakSet();

function accelerate(library) {
  if (!object) return false;
  const { prototype } = library.Parser;
  const usual = new library.Parser();
  const sax = Object.getPrototypeOf(usual.saxParser);
  const it = new Accelerator(prototype);
  if (!it.own('parseString', 'saxParser write close') || !it.own('assignOrPush', 'explicitArray push') || !it.own('write', 'OPEN_WAKA', sax)) return false;
  return it.replace(sax.write, (plain) => function (...args) {
    if (!whole.delete(this) || !it.intact() || !unchanged(this, usual.saxParser)) return plain(this, args);
    const parser = surroundings(this.onend).find((around) => around.saxParser === this);
    const made = parser && twins(parser.assignOrPush, usual.assignOrPush) ? convert(library, parser, args[0]) : undefined;
    if (made === undefined) return plain(this, args);
    parser.resultObject = made;
    this.ended = true;
    parser.emit('end', made);
    return this;
  }, () => []) && it.replace(prototype.parseString, (plain) => function (...args) {
    const { saxParser } = this;
    whole.add(saxParser);
    try {
      return plain(this, args);
    } finally {
      whole.delete(saxParser);
    }
  }, (call) => {
    const list = [];
    call(new library.Parser(), SAMPLE, (error, result) => list.push(error?.message, result));
    return list;
  });
}

const SAMPLE = '<?xml version="1.0"?>\n<a x="1" y=\'&lt;\'> t&amp;u <b/><b c="2">\n</b><!-- - --><![CDATA[ <]]> v</a>\n';

// unchanged reports whether a parser of sax is as the library made it.
function unchanged(sax, usual) {
  if (sax.error !== null || sax.closed || sax.sawRoot || sax.position !== 0 || sax.strict !== true) return false;
  if (!same(sax.opt, usual.opt)) return false;
  return HANDLERS.every((name) => twins(sax[name], usual[name])) && Object.keys(sax).filter((name) => name.startsWith('on')).length === HANDLERS.length;
}

// convert returns what the library makes of a text, or undefined when Go does
// not know it.
function convert({ processors }, { options, EXPLICIT_CHARKEY }, text) {
  if (Reflect.ownKeys(Object.prototype).length !== inherited || typeof text !== 'string') return undefined;
  if (UNUSUAL.some((name) => options[name]) || options.emptyTag !== '' || !!EXPLICIT_CHARKEY !== !!options.explicitCharkey) return undefined;
  const { attrkey, charkey } = options;
  if (![attrkey, charkey].every((key) => typeof key === 'string' && /^[$_@#a-z]{1,10}$/i.test(key) && !/^(__.*|#name|cdata|constructor)$/.test(key)) || attrkey === charkey) return undefined;
  const names = [options.tagNameProcessors, options.attrNameProcessors].map((list) => namesOf(processors, list));
  if (names.includes(undefined)) return undefined;
  return object(text, FLAGS.filter((name) => options[name]).join(' '), attrkey, charkey, ...names);
}

// namesOf returns the names of processors, or undefined when one of them is not
// the library's own.
function namesOf(processors, list) {
  const names = Array.from(list || [], (processor) => NAMED.find((name) => processors[name] === processor));
  return names.includes(undefined) ? undefined : names.join(' ');
}

return { accelerate };
