package sandbox_test

import (
	"testing"

	"postie/runner/script"
)

// RegExp.$1 and the like are of the last match of the script, whoever made it.
func TestLastMatch(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(`
		function same(got, want) { if (String(got) !== String(want)) throw new Error(got + ' is not ' + want) }
		same(RegExp.$1 + RegExp.lastMatch, '');
		/(a)(b)?/.test('xaby');
		same([RegExp.$1, RegExp.$2, RegExp.$3, RegExp.lastMatch, RegExp['$&'], RegExp.leftContext, RegExp.rightContext, RegExp.lastParen, RegExp.input, RegExp.$_],
			'a,b,,ab,ab,x,y,b,xaby,xaby');
		/nope/.test('');
		same(RegExp.$1, 'a');
		'a1b2'.replace(/[a-z](\d)/g, (all, digit) => { same(RegExp.$1, 2) });
		'q1'.match(/q(\d)/).pop();
		same(RegExp.$1, 1);
		'x,y'.split(/(,)/);
		same(RegExp.$1, ',');
		'b3'.search(/b(.)/);
		same(RegExp.$1, 3);
		pm.environment.set('one', RegExp.$1);
		postman.setEnvironmentVariable('two', RegExp.$1);
		pm.test('a match', () => pm.expect(RegExp.$1).to.equal('3'));
		[...'c4'.matchAll(/c(.)/g)];
		const { $1 } = RegExp;
		same($1 + Object.keys(RegExp) + ('$9' in RegExp), '4true');`)
	c.succeeds(`if (RegExp.$1 !== '') throw new Error('that of another script')`)
	c.succeeds(`eval("/(z)/.test('z'); if (RegExp.$1 !== 'z') throw new Error(RegExp.$1)")`)
}
