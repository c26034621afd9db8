// A request as a command for a shell.

/** Quotes a word for a POSIX shell. */
function quoted(word) {
  if (word !== '' && /^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The curl command that sends the request again. */
function curl(request) {
  const words = ['curl'];
  if (request.method !== 'GET') words.push(request.method === 'HEAD' ? '--head' : `--request ${quoted(request.method)}`);
  words.push(`--url ${quoted(request.url)}`);
  for (const h of request.header ?? []) {
    if (/^(host|content-length|accept-encoding|connection|postman-token)$/i.test(h.key)) continue;
    words.push(`--header ${quoted(h.value === '' ? `${h.key};` : `${h.key}: ${h.value}`)}`);
  }
  if ((request.header ?? []).some((h) => /^accept-encoding$/i.test(h.key))) words.push('--compressed');
  const { text, base64 } = bodyOf(request.body);
  if (base64 !== undefined) return `echo ${base64} | base64 -d | ${[...words, '--data-binary @-'].join(' \\\n  ')}`;
  if (text) words.push(`--data-raw ${quoted(text)}`);
  return words.join(' \\\n  ');
}
