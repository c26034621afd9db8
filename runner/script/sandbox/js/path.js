'use strict';

// Paths such as a.b[0]['c'], as lodash parses them. Postman uses lodash's _.has
// and _.get for jsonBody.

const { hasOwn } = Object;

// parts are the parts of a path, each with the key that it stands for.
const parts = [
  [/[^.[\]]+/y, ([name]) => name],
  [/\[(-?\d+(?:\.\d+)?)\]/y, ([, index]) => index],
  [/\[(["'])((?:\\.|(?!\1)[^\\])*)\1\]/y, ([, , name]) => name.replace(/\\(\\?)/g, '$1')],
];
const nothing = /(?:\.|\[\])(?=\.|\[\]|$)/y; // an empty key, as between two dots

function match(pattern, path, from) {
  pattern.lastIndex = from;
  const found = pattern.exec(path);
  pattern.lastIndex = 0; // a changed object would keep the realm from being shared
  return found;
}

function keysOf(path) {
  const list = path.startsWith('.') ? [''] : [];
  for (let from = 0; from < path.length;) {
    const [found, key] = parts.map(([pattern, key]) => [match(pattern, path, from), key]).find(([found]) => found) ?? [];
    if (found) list.push(key(found));
    else if (match(nothing, path, from)) list.push('');
    from += found ? found[0].length : 1;
  }
  return list;
}

// isKey reports whether the whole path is one key.
const isKey = (value, path) => /^\w*$/.test(path) || !(/[.]|\[([^[\]]*|(["']).*\2)\]/s).test(path) || path in Object(value);

// find follows a path through own properties. A path without a key, such as
// "[]]", finds nothing.
function find(value, path) {
  const keys = isKey(value, path) ? [path] : keysOf(path);
  if (!keys.length) return { exists: false };
  for (const key of keys) {
    if (value === null || value === undefined || !hasOwn(Object(value), key)) return { exists: false };
    value = value[key];
  }
  return { exists: true, value };
}

return { find };
