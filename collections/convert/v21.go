package convert

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"postie/collections"
)

const schemaV21 = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

// A document is a v2.1 collection with all members that a v3 file can express.
// Events come before items, so that scripts are found in the order of their
// owners.
type document struct {
	Info     info            `json:"info"`
	Event    []event         `json:"event,omitempty"`
	Variable []variable      `json:"variable,omitempty"`
	Auth     *auth           `json:"auth,omitempty"`
	Behavior json.RawMessage `json:"protocolProfileBehavior,omitempty"`
	Item     []item          `json:"item"`
}

type info struct {
	ID          text `json:"_postman_id,omitempty"`
	Name        text `json:"name"`
	Description text `json:"description,omitempty"`
	Schema      text `json:"schema"`
}

// An item is a folder when Item is not nil.
type item struct {
	ID          text            `json:"id,omitempty"`
	Name        text            `json:"name"`
	Description text            `json:"description,omitempty"`
	Event       []event         `json:"event,omitempty"`
	Variable    []variable      `json:"variable,omitempty"`
	Auth        *auth           `json:"auth,omitempty"`
	Behavior    json.RawMessage `json:"protocolProfileBehavior,omitempty"`
	Item        []item          `json:"-"`
	Request     *request        `json:"-"`
	Response    []response      `json:"-"`
}

// MarshalJSON writes a folder or a request.
func (it item) MarshalJSON() ([]byte, error) {
	type plain item
	if it.Item != nil {
		return marshal(struct {
			plain
			Item []item `json:"item"`
		}{plain(it), it.Item})
	}
	if it.Response == nil {
		it.Response = []response{}
	}
	return marshal(struct {
		plain
		Request  *request   `json:"request"`
		Response []response `json:"response"`
	}{plain(it), it.Request, it.Response})
}

// UnmarshalJSON reads a folder or a request.
func (it *item) UnmarshalJSON(src []byte) error {
	type plain item
	var v struct {
		plain
		Item     []item          `json:"item"`
		Request  *request        `json:"request"`
		Response json.RawMessage `json:"response"`
	}
	if err := json.Unmarshal(src, &v); err != nil {
		return err
	}
	*it = item(v.plain)
	it.Item, it.Request = v.Item, v.Request
	if bytes.HasPrefix(v.Response, []byte("[")) {
		return json.Unmarshal(v.Response, &it.Response)
	}
	return nil
}

type event struct {
	Listen   text   `json:"listen"`
	Disabled flag   `json:"disabled,omitempty"`
	Script   script `json:"script"`
}

type script struct {
	ID       text            `json:"id,omitempty"`
	Type     text            `json:"type,omitempty"`
	Exec     []text          `json:"exec"`
	Packages json.RawMessage `json:"packages,omitempty"`
	Requests json.RawMessage `json:"requests,omitempty"`
	Src      json.RawMessage `json:"src,omitempty"`
}

type variable struct {
	ID          text            `json:"id,omitempty"` // the key of old path variables
	Key         text            `json:"key"`
	Value       json.RawMessage `json:"value,omitempty"`
	Type        text            `json:"type,omitempty"`
	Description text            `json:"description,omitempty"`
	Disabled    flag            `json:"disabled,omitempty"`
}

type request struct {
	Method      text            `json:"method"`
	Header      []pair          `json:"header"`
	Body        *body           `json:"body,omitempty"`
	Auth        *auth           `json:"auth,omitempty"`
	URL         *address        `json:"url,omitempty"`
	Description text            `json:"description,omitempty"`
	Proxy       json.RawMessage `json:"proxy,omitempty"`
	Certificate json.RawMessage `json:"certificate,omitempty"`
}

// A pair is a header, a query parameter or a form parameter. A nil Value is
// null.
type pair struct {
	Key         text     `json:"key"`
	Value       *text    `json:"value,omitempty"`
	Type        text     `json:"type,omitempty"`
	Src         *sources `json:"src,omitempty"`
	FileName    text     `json:"fileName,omitempty"`
	ContentType text     `json:"contentType,omitempty"`
	Description text     `json:"description,omitempty"`
	Disabled    flag     `json:"disabled,omitempty"`
	NoKey       bool     `json:"-"` // the key is null
}

// MarshalJSON writes null for a null key.
func (p pair) MarshalJSON() ([]byte, error) {
	type plain pair
	if !p.NoKey {
		return marshal(plain(p))
	}
	return marshal(struct {
		plain
		Key *text `json:"key"`
	}{plain: plain(p)})
}

// UnmarshalJSON distinguishes a null key from an empty one.
func (p *pair) UnmarshalJSON(src []byte) error {
	type plain pair
	var v struct{ Key json.RawMessage }
	if err := json.Unmarshal(src, (*plain)(p)); err != nil {
		return err
	}
	p.NoKey = json.Unmarshal(src, &v) == nil && string(v.Key) == "null"
	return nil
}

type address struct {
	Raw      text       `json:"raw"`
	Protocol text       `json:"protocol,omitempty"`
	Auth     *userInfo  `json:"auth,omitempty"`
	Host     []text     `json:"host,omitempty"`
	Port     text       `json:"port,omitempty"`
	Path     []text     `json:"path,omitempty"`
	Query    []pair     `json:"query,omitempty"`
	Hash     *text      `json:"hash,omitempty"`
	Variable []variable `json:"variable,omitempty"`
}

type userInfo struct {
	User     text `json:"user"`
	Password text `json:"password"`
}

type body struct {
	Mode       text            `json:"mode"`
	Raw        *text           `json:"raw,omitempty"`
	URLEncoded []pair          `json:"urlencoded,omitempty"`
	FormData   []pair          `json:"formdata,omitempty"`
	File       *file           `json:"file,omitempty"`
	GraphQL    *graphQL        `json:"graphql,omitempty"`
	Options    json.RawMessage `json:"options,omitempty"`
	Disabled   flag            `json:"disabled,omitempty"`
}

type file struct {
	Src     text  `json:"src,omitempty"`
	Content *text `json:"content,omitempty"`
}

type graphQL struct {
	Query     text `json:"query"`
	Variables text `json:"variables,omitempty"`
	Operation text `json:"operationName,omitempty"`
}

type response struct {
	Name     text     `json:"name"`
	Original *request `json:"originalRequest,omitempty"`
	Status   text     `json:"status"`
	Code     count    `json:"code"`
	Language text     `json:"_postman_previewlanguage,omitempty"`
	Header   []pair   `json:"header"`
	Body     *text    `json:"body"`
}

// An auth is written as {"type": t, t: [parameters]}.
type auth struct {
	Type   string
	Params []param
}

type param struct {
	Key   text            `json:"key"`
	Value json.RawMessage `json:"value"`
	Type  text            `json:"type,omitempty"`
}

// MarshalJSON writes the parameters under the type's name.
func (a auth) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	kind, err := marshal(a.Type)
	if err != nil {
		return nil, err
	}
	b.WriteString(`{"type":`)
	b.Write(kind)
	if a.Type != "noauth" {
		params, err := marshal(a.Params)
		if err != nil {
			return nil, err
		}
		b.WriteByte(',')
		b.Write(kind)
		b.WriteByte(':')
		b.Write(params)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON reads the parameters under the type's name.
func (a *auth) UnmarshalJSON(src []byte) error {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(src, &m); err != nil {
		return err
	}
	var kind text
	if err := json.Unmarshal(m["type"], &kind); err != nil {
		return err
	}
	a.Type = string(kind)
	if params := m[a.Type]; bytes.HasPrefix(params, []byte("[")) {
		return json.Unmarshal(params, &a.Params)
	}
	return nil
}

// A text is a string that may also be read from a number, a boolean, null or
// {"content": …}.
type text string

// UnmarshalJSON takes any value.
func (t *text) UnmarshalJSON(src []byte) error {
	switch src[0] {
	case '"':
		var s string
		err := json.Unmarshal(src, &s)
		*t = text(s)
		return err
	case '{':
		var d struct {
			Content *string `json:"content"`
		}
		if json.Unmarshal(src, &d) == nil && d.Content != nil {
			*t = text(*d.Content)
			return nil
		}
	case 'n':
		*t = ""
		return nil
	}
	*t = text(src)
	return nil
}

// sources is the src of a file parameter: a string or a list.
type sources struct {
	list []string
	many bool
}

// MarshalJSON writes a single source as a string.
func (s sources) MarshalJSON() ([]byte, error) {
	if s.many {
		return marshal(s.list)
	}
	return marshal(strings.Join(s.list, ""))
}

// UnmarshalJSON reads a string or a list of strings.
func (s *sources) UnmarshalJSON(src []byte) error {
	if src[0] == '[' {
		s.many = true
		return json.Unmarshal(src, &s.list)
	}
	var t text
	err := t.UnmarshalJSON(src)
	if t != "" {
		s.list = []string{string(t)}
	}
	return err
}

// A flag is a boolean that may be read from any value, by JavaScript's rules of
// truth.
type flag bool

// UnmarshalJSON takes any value.
func (f *flag) UnmarshalJSON(src []byte) error {
	*f = flag(!slices.Contains([]string{"false", "null", "0", `""`}, string(src)))
	return nil
}

// A count is an integer. Any other value is read as 0.
type count int

// UnmarshalJSON takes any value.
func (c *count) UnmarshalJSON(src []byte) error {
	n, err := strconv.Atoi(strings.Trim(string(src), `"`))
	if err == nil {
		*c = count(n)
	}
	return nil
}

// UnmarshalJSON reads an object of parts or a string.
func (a *address) UnmarshalJSON(src []byte) error {
	type plain address
	if src[0] == '{' {
		return json.Unmarshal(src, (*plain)(a))
	}
	var t text
	err := t.UnmarshalJSON(src)
	*a = *newAddress(string(t))
	return err
}

// newAddress splits a URL as Postman does.
func newAddress(raw string) *address {
	u := collections.ParseURL(raw)
	a := &address{Raw: text(raw), Protocol: text(u.Protocol), Host: asTexts(u.Host), Port: text(u.Port), Path: asTexts(u.Path)}
	if u.Auth != nil {
		a.Auth = &userInfo{User: text(u.Auth.User), Password: text(u.Auth.Password)}
	}
	if u.Hash != nil {
		hash := text(*u.Hash)
		a.Hash = &hash
	}
	for _, q := range u.Query {
		var p pair
		if q.Key != nil {
			p.Key = text(*q.Key)
		}
		if q.Value != nil {
			v := text(*q.Value)
			p.Value = &v
		}
		a.Query = append(a.Query, p)
	}
	return a
}

func asTexts(list []string) []text {
	var out []text
	for _, s := range list {
		out = append(out, text(s))
	}
	return out
}

// marshal returns JSON in which < > & are not escaped.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// encode returns the document, indented as Postman exports it.
func (d *document) encode() ([]byte, error) {
	src, err := marshal(d)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, src, "", "\t"); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
