package collections

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// NamesJSON is what JSON says of the tree.
func TestNamesJSON(t *testing.T) {
	t.Parallel()
	c := parse(t, `{"info":{"name":"C \"q\"","_postman_id":"c1"},"item":[{"id":"f","name":"F","item":[{"name":"a","request":"h"},{"id":"e","item":[]}]},{"id":"b","name":"é","request":"h"}]}`)
	type item struct {
		ID, Name string
		Item     []item
	}
	type tree struct {
		Info struct {
			ID   string `json:"_postman_id"`
			Name string
		}
		Item []item
	}
	var want, got tree
	if err := json.Unmarshal(c.JSON(), &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(c.NamesJSON(), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the tree differs (-JSON +NamesJSON)\n%s", diff)
	}
	if got.Item[0].Item[0].ID == "" || got.Item[0].Item[1].Item == nil {
		t.Errorf("an id or an empty folder is missing: %+v", got)
	}
}

// A collection shares no bytes with what it was read from: who reads many may
// use a buffer again.
func TestParseKeepsNothing(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"v2.1":     `{"info":{"name":"C"},"item":[{"name":"a","event":[{"listen":"test","script":{"exec":["x"]}}],"request":"h"}]}`,
		"one item": `{"name":"a","request":{"url":"h","auth":{"type":"basic","basic":{"username":"u"}}}}`,
		"v1":       `{"name":"C","requests":[{"id":"1","name":"a","url":"h","method":"GET"}],"order":["1"]}`,
	} {
		src := []byte(text)
		c, err := Parse("c.json", src)
		if err != nil {
			t.Fatal(err)
		}
		before := string(c.JSON()) + c.Root().Children()[0].Name()
		clear(src)
		if after := string(c.JSON()) + c.Root().Children()[0].Name(); after != before {
			t.Errorf("%s: it changed with its source:\n%s\n%s", name, before, after)
		}
	}
}

// WriteJSON writes what JSON returns, and each object goes through change.
func TestWriteJSON(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"full": `{"info":{"name":"C","_postman_id":"c1","description":"about"},"item":[{"id":"f","name":"F","description":"d","auth":{"type":"basic","basic":{"username":"u"}},
			"item":[{"id":"a","name":"a","request":{"url":"h/{{x}}","method":"POST","body":{"mode":"raw","raw":",x,"}},"response":[{"name":"r"}]},{"id":"e","item":[],"event":[{"listen":"test","script":{"id":"s","exec":["x"]}}]}]},
			{"id":"b","name":"é","request":"h"}],"variable":[{"key":"k","value":"v"}],"event":[{"listen":"prerequest","script":{"id":"p","exec":"y"}}],
			"auth":{"type":"bearer","bearer":[{"key":"token","value":"t"}]},"protocolProfileBehavior":{"followRedirects":false}}`,
		"bare": `{"info":{"name":""},"item":[]}`,
	} {
		c := parse(t, text)
		var got bytes.Buffer
		var objects atomic.Int32
		if err := c.WriteJSON(&got, func(o json.RawMessage) json.RawMessage {
			if objects.Add(1); !json.Valid(o) || o[0] != '{' {
				t.Errorf("%s: %s", name, o)
			}
			return o
		}); err != nil || objects.Load() == 0 {
			t.Fatal(err, objects.Load())
		}
		if diff := cmp.Diff(string(c.JSON()), got.String()); diff != "" {
			t.Errorf("%s (-JSON +WriteJSON)\n%s", name, diff)
		}
	}
	c := parse(t, `{"info":{"name":"C","_postman_id":"c"},"item":[`+strings.Repeat(`{"id":"i","name":"a","request":"h"},`, 3*batchSize)+`{"id":"z","request":"h"}]}`)
	var got bytes.Buffer
	if err := c.WriteJSON(&got, func(o json.RawMessage) json.RawMessage { return o }); err != nil || got.String() != string(c.JSON()) {
		t.Errorf("many items: %v, %d bytes of %d", err, got.Len(), len(c.JSON()))
	}
	if err := c.WriteJSON(full{}, func(o json.RawMessage) json.RawMessage { return o }); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
	got.Reset()
	hide := func(o json.RawMessage) json.RawMessage {
		return bytes.ReplaceAll(o, []byte("secret"), []byte("******"))
	}
	_ = parse(t, `{"info":{"name":"C"},"item":[{"name":"secret","request":"h/secret"}]}`).WriteJSON(&got, hide) // a buffer takes all
	if !json.Valid(got.Bytes()) || bytes.Contains(got.Bytes(), []byte("secret")) {
		t.Errorf("%s", got.Bytes())
	}
}

// What change makes of an object need not be one: the document stays JSON.
func TestWriteJSONHidden(t *testing.T) {
	t.Parallel()
	c := parse(t, `{"info":{"name":"C"},"item":[{"name":"F","item":[{"name":"a","request":"h"}]},{"name":"b","request":"h"}],"variable":[{"key":"k"}]}`)
	var got bytes.Buffer
	hidden := func(json.RawMessage) json.RawMessage { return json.RawMessage(`"******"`) }
	if err := c.WriteJSON(&got, hidden); err != nil || !json.Valid(got.Bytes()) || strings.Count(got.String(), `"_":"******"`) < 4 {
		t.Errorf("%v: %s", err, got.Bytes())
	}
}

// full is a disk without space.
type full struct{}

var errFull = errors.New("no space left on device")

func (full) Write([]byte) (int, error) { return 0, errFull }
