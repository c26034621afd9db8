package sandbox

import "testing"

func TestCaught(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"try { x } catch (e) { y }":           "try { x } catch (e) {e=$reword(e); y }",
		"try { x('a') } catch(err){y}":        "try { x('a') } catch(err){err=$reword(err);y}",
		"try { x } catch { y }":               "try { x } catch { y }",
		"p.catch(e => { y })":                 "p.catch(e => { y })",
		"const s = 'catch (e) {'":             "const s = 'catch (e) {'",
		"// catch (e) {":                      "// catch (e) {",
		"try { x } catch ({ message }) { y }": "try { x } catch ({ message }) { y }",
	} {
		if got := caught(source); got != want {
			t.Errorf("caught(%q) = %q, want %q", source, got, want)
		}
	}
	const source = "try { x } catch (e) { throw e }"
	if got := columnOf(source, 1, 10); got != 10 {
		t.Errorf("a column before the clause becomes %d", got)
	}
	if got, want := columnOf(source, 1, 23+len("e=$reword(e);")), 23; got != want {
		t.Errorf("a column behind the clause becomes %d, want %d", got, want)
	}
}
