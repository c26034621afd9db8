'use strict';

// Values as node's util.inspect prints them.

function message(value) {
  let json;
  try { json = JSON.stringify(value); } catch { json = undefined; }
  return { value: json === undefined ? null : JSON.parse(json), inspect: json === undefined ? String(value) : json };
}

return { message };
