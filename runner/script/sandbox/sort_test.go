package sandbox_test

import (
	"testing"
	"time"

	"postie/runner/script"
)

// Sorting, comparison by comparison as V8 does it.
func TestSort(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	c.succeeds(`
		const is = (name, got, want) => pm.test(name, () => pm.expect(JSON.stringify(got)).to.equal(JSON.stringify(want)));
		is('a comparator that gives booleans', [3, 1, 2].sort((a, b) => a > b), [3, 1, 2]);
		is('the other way', [5, 2, 9, 1, 7, 3, 8, 6, 4, 12, 10, 11].sort((a, b) => a < b), [5, 2, 9, 1, 7, 3, 8, 6, 4, 12, 10, 11]);
		is('one that never gives 0', [{ n: 'b', i: 1 }, { n: 'a', i: 2 }, { n: 'b', i: 3 }, { n: 'a', i: 4 }].sort((x, y) => (x.n > y.n ? 1 : -1)).map((x) => x.i), [4, 2, 3, 1]);
		is('which elements are compared', (() => { const seen = []; [1, 2, 3].sort((a, b) => { seen.push([a, b]); return a - b; }); return seen; })(), [[2, 1], [3, 2]]);
		is('undefined and holes', (() => { const list = [3, , undefined, 1].sort((a, b) => a - b); return [list, 3 in list, list.length]; })(), [[1, 3, null, null], false, 4]);
		is('what it returns', (() => { const list = [2, 1]; return list.sort((a, b) => a - b) === list; })(), true);
		is('of what is like an array', Array.prototype.sort.call({ length: 3, 0: 'c', 2: 'a' }, (a, b) => (a < b ? -1 : 1)), { 0: 'a', 1: 'c', length: 3 });
		is('toSorted', (() => { const list = [3, , 1]; return [list.toSorted((a, b) => a - b), list.toSorted.length, list]; })(), [[1, 3, null], 1, [3, null, 1]]);
		is('without a comparator', [10, 9, undefined, 1].sort(), [1, 10, 9, null]);
		is('texts', ['b', 'a'].sort((a, b) => a.localeCompare(b)), ['a', 'b']);
		is('results of other types', [[1, 2, 3].sort(() => NaN), [1, 2, 3].sort(() => '-1'), [1, 2, 3].sort(() => ({ valueOf: () => -1 })), [1, 2].sort(() => undefined)], [[1, 2, 3], [3, 2, 1], [3, 2, 1], [1, 2]]);
		const throws = (name, f, text) => pm.test(name, () => pm.expect(f).to.throw(text));
		throws('no function', () => [1, 2].sort('x'), 'The comparison function must be either a function or undefined');
		throws('of nothing', () => Array.prototype.sort.call(null, () => 0), TypeError);
		throws('a symbol', () => [1, 2].sort(() => Symbol()), TypeError);
		const list = [3, 2, 1, 5, 4];
		throws('an error of the comparator', () => list.sort((a, b) => { if (a === 4) throw new RangeError('stop'); return a - b; }), RangeError);
		is('and the list is as before', list, [3, 2, 1, 5, 4]);
		is('many', (() => { const l = Array.from({ length: 5000 }, (_, i) => (i * 7919) % 5003); return l.sort((a, b) => a - b).every((n, i) => !i || l[i - 1] <= n); })(), true);
		is('a comparator that sorts', [3, 1, 2].sort((a, b) => [b, a].sort((x, y) => x - y)[0] === b ? 1 : -1), [1, 2, 3]);
		is('a typed array', [Int8Array.of(3, 1, 2).sort((a, b) => a > b), Int8Array.of(5, 2, 9, 1, 7).sort((a, b) => b - a), Int8Array.of(2, 1, 3).sort()].map((l) => [...l].join()), ['1,2,3', '9,7,5,2,1', '1,2,3']);
		throws('no typed array', () => Int8Array.prototype.sort.call([], () => 0), TypeError);
		is('its name', [Array.prototype.sort.name, Array.prototype.sort.length, Object.keys(Array.prototype)], ['sort', 1, []]);`)
	c = newCell(t, script.Options{Timeout: 300 * time.Millisecond})
	if out := c.run("[2, 1].sort(() => { for (;;) {} })"); out.Err == nil {
		t.Error("a comparator that does not end ends")
	}
}
