package mask_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"postie/runner/event"
	"postie/runner/mask"
	"postie/runner/script"
)

// events has one of each kind.
func events() []event.Event {
	return []event.Event{&event.RunStarted{}, &event.IterationStarted{}, &event.ItemStarted{}, &event.ScriptFinished{}, &event.RequestFinished{},
		&event.TestFinished{}, &event.ConsoleLogged{}, &event.Warned{}, &event.ItemFinished{}, &event.IterationFinished{}, &event.RunFinished{}}
}

// plainFields are those that are not masked: words of the product, identifiers,
// and files of the command line. A field that is new must be masked, or named
// here for a reason.
var plainFields = map[string]bool{
	"RunStarted.Version": true, "RunStarted.File": true, "RunStarted.ID": true, "ItemRef.ID": true, "ItemRef.File": true,
	"ScriptFinished.ScriptID": true, "ScriptFinished.File": true, "RequestFinished.Source": true, "Response.Proto": true,
	"TestFinished.ScriptID": true, "TestFinished.File": true, "ConsoleLogged.Level": true, "Warned.Kind": true,
	"Failure.Kind": true, "Failure.At": true, "Failure.File": true, "Cursor.Ref": true, "Error.Type": true,
}

// fill puts a text in every field that can hold one.
func fill(v reflect.Value, text string) {
	switch v.Interface().(type) {
	case json.RawMessage:
		v.Set(reflect.ValueOf(json.RawMessage(`{"` + text + `":["x ` + text + ` y"]}`)))
		return
	case event.Bytes:
		v.Set(reflect.ValueOf(event.Bytes("body " + text + " end")))
		return
	}
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString("x " + text + " y")
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), text)
		fill(v.Index(1), text)
	case reflect.Map, reflect.Interface, reflect.Array:
		panic("a field of a kind that this test and Hide do not know: " + v.Type().String())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), text)
			}
		}
	}
}

// texts calls seen with every text in a value and the field that holds it.
func texts(v reflect.Value, field string, seen func(field, text string)) {
	switch x := v.Interface().(type) {
	case json.RawMessage:
		seen(field, string(x))
		return
	case event.Bytes:
		seen(field, string(x))
		return
	}
	switch v.Kind() {
	case reflect.String:
		seen(field, v.String())
	case reflect.Pointer:
		texts(v.Elem(), field, seen)
	case reflect.Slice:
		for i := range v.Len() {
			texts(v.Index(i), field, seen)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				texts(v.Field(i), v.Type().Name()+"."+f.Name, seen)
			}
		}
	}
}

// Every text of every event is masked, and what an event points to stays as it
// was.
func TestEveryFieldOfEveryEvent(t *testing.T) {
	t.Parallel()
	const secret = "the-secret/value"
	m := masker(secret)
	for _, e := range events() {
		v := reflect.ValueOf(e).Elem()
		fill(v, secret)
		before := reflect.New(v.Type()).Elem()
		before.Set(v)
		m.Hide(e)
		texts(v, v.Type().Name(), func(field, text string) {
			if shows := strings.Contains(text, secret); shows != plainFields[field] && shows {
				t.Errorf("%T: %s shows %q", e, field, text)
			} else if !shows && !strings.Contains(text, mask.Masked) && text != "" {
				t.Errorf("%T: %s lost its text: %q", e, field, text)
			}
		})
		texts(before, v.Type().Name(), func(field, text string) {
			if !strings.Contains(text, secret) && text != "" {
				t.Errorf("%T: %s was changed where it is: %q", e, field, text)
			}
		})
	}
	failures := make([]event.Failure, 2)
	fill(reflect.ValueOf(&failures[1]).Elem(), secret)
	m.Failures(failures)
	texts(reflect.ValueOf(failures[1]), "Failure", func(field, text string) {
		if strings.Contains(text, secret) && !plainFields[field] {
			t.Errorf("a failure's %s shows %q", field, text)
		}
	})
}

// Credentials are hidden in headers whatever they are, cookies everywhere they
// have a place, and the secrets of a token request's form.
func TestPlacesInEvents(t *testing.T) {
	t.Parallel()
	m := mask.New(mask.Options{})
	item := m.Item()
	item.Name("X-Custom")
	e := &event.RequestFinished{Source: "token",
		Request: event.Request{URL: "http://h/?x-custom=abc&b=c", Body: event.Bytes("client_secret=abc&grant_type=client_credentials"),
			Header: []event.Field{{Name: "authorization", Value: "Basic abc"}, {Name: "X-Custom", Value: "abc"}, {Name: "Accept", Value: "*/*"}}},
		Response: &event.Response{Header: []event.Field{{Name: "Set-Cookie", Value: "a=abc; Path=/"}}, Body: event.Bytes(`{"access_token":"abc","token_type":"Bearer"}`),
			Cookies: []script.Cookie{{Name: "a", Value: "abc"}, {Name: "b"}}}}
	m.Hide(e)
	src, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(src), `\u0026`, "&")
	if strings.Contains(text, "abc") {
		t.Errorf("a secret shows: %s", text)
	}
	for _, want := range []string{`"Basic ******"`, "x-custom=******&b=c", "client_secret=******&grant_type=client_credentials", `\"token_type\":\"Bearer\"`, `"*/*"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	item.End()
	again := &event.RequestFinished{Request: event.Request{URL: "http://h/?x-custom=abc"}}
	m.Hide(again)
	if again.Request.URL != "http://h/?x-custom=abc" {
		t.Errorf("an item's name outlives it: %s", again.Request.URL)
	}
}

// FuzzHide puts a secret, in any encoding and between any texts, into every
// event there is: no event holds it after Hide.
func FuzzHide(f *testing.F) {
	for i := range len(encodings) {
		f.Add(`p%41s\u0041/&amp;"'ö+ 1234`, "before\\", "41after", uint8(i), uint8(i*7))
		f.Add("4aaaaaaaaaaaaaaaa", "%", "aaaa", uint8(i), uint8(0))
	}
	f.Fuzz(func(t *testing.T, secret, before, after string, first, second uint8) {
		hideAnywhere(t, secret, before, after, first, second)
	})
}

// TestRandomSecrets is what FuzzHide does, for as many secrets as there is time for.
func TestRandomSecrets(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune(`abcdefABCDEF0123456789%\&;'"/+=<> un#xöß日🔑` + "\n\t")
	text := func(n int) string {
		out := make([]rune, n)
		for i := range out {
			out[i] = alphabet[rng.IntN(len(alphabet))]
		}
		return string(out)
	}
	for range 2000 {
		hideAnywhere(t, text(4+rng.IntN(30)), text(rng.IntN(5)), text(rng.IntN(5)), uint8(rng.UintN(256)), uint8(rng.UintN(256)))
	}
}

// hideAnywhere encodes a secret twice, unless the second time is not needed, and
// looks for it in all events.
func hideAnywhere(t *testing.T, secret, before, after string, first, second uint8) {
	t.Helper()
	secret = strings.ToValidUTF8(secret, "")
	if len(strings.TrimSpace(secret)) < 4 || strings.Trim(secret, "* \n\t\r") == "" || len(secret) > 1000 || strings.Contains(mask.Masked, strings.TrimSpace(secret)) {
		return
	}
	switch strings.TrimSpace(secret) {
	case "true", "false", "null", "undefined", "[object Object]":
		return
	}
	m := masker(secret)
	form := encodings[int(first)%len(encodings)].encode(strings.TrimSpace(secret))
	text := before + form + after
	if got := m.Text(text); strings.Contains(got, form) && !strings.Contains(before+mask.Masked+after, form) {
		t.Fatalf("%q as %q shows in %q: %q", secret, form, text, got)
	}
	if second%4 > 0 || !json.Valid([]byte(`"`+jsonText(text)+`"`)) {
		return
	}
	e := events()[int(second)%len(events())]
	fill(reflect.ValueOf(e).Elem(), text)
	src, err := json.Marshal(strings.ToValidUTF8(text, ""))
	if err != nil {
		t.Fatal(err)
	}
	setJSON(reflect.ValueOf(e).Elem(), src)
	m.Hide(e)
	v := reflect.ValueOf(e).Elem()
	texts(v, v.Type().Name(), func(field, text string) {
		if strings.Contains(text, form) && !plainFields[field] && !strings.Contains(before+mask.Masked+after, form) {
			t.Fatalf("%q as %q shows in %s of %T: %q", secret, form, field, e, text)
		}
	})
	if src, err := json.Marshal(e); err != nil || !json.Valid(src) {
		t.Fatalf("%q as %q: %T is no JSON any more: %v", secret, form, e, err)
	}
}

// setJSON puts a JSON text in every field of JSON.
func setJSON(v reflect.Value, src []byte) {
	if _, ok := v.Interface().(json.RawMessage); ok {
		v.SetBytes(src)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		setJSON(v.Elem(), src)
	case reflect.Slice:
		for i := range v.Len() {
			setJSON(v.Index(i), src)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				setJSON(v.Field(i), src)
			}
		}
	}
}
