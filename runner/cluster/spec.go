package cluster

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/criteria"
	"postie/runner/mask"
	"postie/runner/script"
	"postie/runner/transport"
	"postie/runner/transport/jar"
)

// A spec has a run's options in the form that is sent to a worker. Large
// documents are stored separately and named here.
type spec struct {
	Collection  string       `json:"collection"` // name of the document
	Environment *scope       `json:"environment,omitempty"`
	Globals     *scope       `json:"globals,omitempty"`
	Variables   *scope       `json:"variables,omitempty"`
	Vault       *scope       `json:"vault,omitempty"`
	Data        string       `json:"data,omitempty"`     // name of the document: a JSON array of rows
	Packages    string       `json:"packages,omitempty"` // name of the document: a zip archive of the user's packages
	Only        *[]int       `json:"only,omitempty"`     // iterations; nil: all
	Select      []string     `json:"select,omitempty"`
	Iterations  int          `json:"iterations,omitempty"`
	Bail        runner.Bail  `json:"bail,omitempty"`
	AllowEmpty  bool         `json:"allowEmpty,omitempty"`
	MaxJumps    int          `json:"maxJumps,omitempty"`
	Delay       int64        `json:"delay,omitempty"`
	Timeout     int64        `json:"timeout,omitempty"`
	Network     networkSpec  `json:"network"`
	Scripts     scriptsSpec  `json:"scripts"`
	Checks      criteriaSpec `json:"checks"`
	Retry       retrySpec    `json:"retry"`
	Mask        maskSpec     `json:"mask"`
	Label       string       `json:"label,omitempty"`
	Version     string       `json:"version,omitempty"`
	Form        int          `json:"form,omitempty"` // a runner.CollectionForm
}

type networkSpec struct {
	UserAgent       string                `json:"userAgent,omitempty"`
	FollowRedirects *bool                 `json:"followRedirects,omitempty"`
	Timeout         int64                 `json:"timeout,omitempty"`
	Insecure        bool                  `json:"insecure,omitempty"`
	CA              []byte                `json:"ca,omitempty"` // PEM, besides the system's certificates
	Certificates    []certificateSpec     `json:"certificates,omitempty"`
	MinTLS, MaxTLS  uint16                `json:",omitempty"`
	Protocol        string                `json:"protocol,omitempty"`
	Jar             json.RawMessage       `json:"jar,omitempty"`
	MaxResponseSize int64                 `json:"maxResponseSize,omitempty"`
	MaxHeaderSize   int64                 `json:"maxHeaderSize,omitempty"`
	ConnectTo       []transport.ConnectTo `json:"connectTo,omitempty"`
	Resolve         []transport.Resolve   `json:"resolve,omitempty"`
	Proxy           Proxy                 `json:"proxy"`
	Limited         bool                  `json:"limited,omitempty"` // the dispatcher grants shares of the rate
	UnixSocket      string                `json:"unixSocket,omitempty"`
}

type certificateSpec struct {
	Name           string   `json:"name"`
	Matches        []string `json:"matches"`
	Chain          [][]byte `json:"chain"`
	Private        []byte   `json:"private"` // PKCS#8
	Key, Cert, PFX string   `json:",omitempty"`
	Missing        []string `json:"missing,omitempty"`
	Err            string   `json:"err,omitempty"`
}

type scriptsSpec struct {
	Skip          bool           `json:"skip,omitempty"`
	Limits        script.Options `json:"limits"`
	CookieDomains []string       `json:"cookieDomains,omitempty"`
}

type criteriaSpec struct {
	Asserts, Extracts, FailOn []string `json:",omitempty"`
	RequireTests, Strict      bool     `json:",omitempty"`
	RunWide                   []string `json:",omitempty"`
	Defer                     bool     `json:",omitempty"`
}

type retrySpec struct {
	Max                               int      `json:",omitempty"`
	Network, Assertion, NonIdempotent bool     `json:",omitempty"`
	Status                            []string `json:",omitempty"`
	Delay                             int64    `json:",omitempty"`
}

type maskSpec struct {
	Off      bool     `json:",omitempty"`
	Names    []string `json:",omitempty"`
	Patterns []string `json:",omitempty"`
}

// A Proxy is the proxy of a run's requests, as text. The zero value is none.
type Proxy struct {
	URL         string `json:"url,omitempty"`
	Except      string `json:"except,omitempty"`      // hosts that are reached without the proxy
	Environment bool   `json:"environment,omitempty"` // uses the proxy in the environment of each worker
}

// A scope is a vars.Scope.
type scope struct {
	ID     string          `json:"id,omitempty"`
	Name   string          `json:"name,omitempty"`
	Meta   json.RawMessage `json:"meta,omitempty"`
	Values []variable      `json:"values"`
}

type variable struct {
	Key      string          `json:"k"`
	Value    json.RawMessage `json:"v,omitempty"` // absent when the value is undefined
	Type     string          `json:"t,omitempty"`
	Disabled bool            `json:"d,omitempty"`
	Secret   bool            `json:"s,omitempty"`
}

func packScope(s *vars.Scope) *scope {
	if s == nil {
		return nil
	}
	out := &scope{ID: s.ID, Name: s.Name, Meta: s.Meta}
	for v := range s.All() {
		p := variable{Key: v.Key, Type: v.Type, Disabled: v.Disabled, Secret: v.Secret}
		if _, undefined := v.Value.(vars.Undefined); !undefined {
			p.Value = vars.JSON(v.Value)
		}
		out.Values = append(out.Values, p)
	}
	return out
}

func (s *scope) unpack() (*vars.Scope, error) {
	if s == nil {
		return nil, nil
	}
	out := vars.NewScope(s.Name)
	out.ID, out.Meta = s.ID, s.Meta
	for _, p := range s.Values {
		v := vars.Variable{Key: p.Key, Type: p.Type, Disabled: p.Disabled, Secret: p.Secret, Value: vars.Undefined{}}
		if p.Value != nil {
			value, err := vars.FromJSON(p.Value)
			if err != nil {
				return nil, fmt.Errorf("variable %q: %w", p.Key, err)
			}
			v.Value = value
		}
		out.Add(v)
	}
	return out, nil
}

// pack returns a run's options without its large documents.
func pack(o *runner.Options) (*spec, error) {
	if o.Network.TLSConfig != nil || o.Network.DialContext != nil || o.Pace != nil || o.Now != nil {
		return nil, errors.New("options that are functions cannot be sent to a worker")
	}
	s := &spec{Environment: packScope(o.Environment), Globals: packScope(o.Globals), Variables: packScope(o.Variables), Vault: packScope(o.Vault),
		Select: o.Select, Iterations: o.Iterations, Bail: o.Bail, AllowEmpty: o.AllowEmpty, MaxJumps: o.MaxJumps, Delay: int64(o.Delay), Timeout: int64(o.Timeout),
		Scripts: scriptsSpec{Skip: o.Scripts.Engine == nil, Limits: o.Scripts.Limits, CookieDomains: o.Scripts.CookieDomains},
		Label:   o.Output.Label, Version: o.Output.Version, Form: int(o.Output.Form)}
	if o.Only != nil {
		list := []int{}
		for i := range o.IterationCount() {
			if o.Only(i) {
				list = append(list, i)
			}
		}
		s.Only = &list
	}
	n := &o.Network
	s.Network = networkSpec{UserAgent: n.UserAgent, FollowRedirects: n.FollowRedirects, Timeout: int64(n.Timeout), Insecure: n.Insecure, MinTLS: n.MinTLS, MaxTLS: n.MaxTLS,
		Protocol: n.Protocol, MaxResponseSize: n.MaxResponseSize, MaxHeaderSize: n.MaxHeaderSize, ConnectTo: n.ConnectTo, Resolve: n.Resolve, Limited: n.Limiter != nil, UnixSocket: n.UnixSocket}
	var err error
	if n.Jar != nil {
		if s.Network.Jar, err = n.Jar.MarshalJSON(); err != nil {
			return nil, err
		}
	}
	for _, c := range n.Certificates {
		p := certificateSpec{Name: c.Name, Matches: c.Matches, Chain: c.Certificate.Certificate, Key: c.Key, Cert: c.Cert, PFX: c.PFX, Missing: c.Missing}
		if c.Err != nil {
			p.Err = c.Err.Error()
		}
		if c.Certificate.PrivateKey != nil {
			if p.Private, err = x509.MarshalPKCS8PrivateKey(c.Certificate.PrivateKey); err != nil {
				return nil, fmt.Errorf("client certificate %s: %w", c.Name, err)
			}
		}
		s.Network.Certificates = append(s.Network.Certificates, p)
	}
	c := &o.Checks
	s.Checks = criteriaSpec{Asserts: texts(c.Asserts), Extracts: texts(c.Extracts), FailOn: texts(c.FailOn), RequireTests: c.RequireTests, Strict: c.Strict, RunWide: c.RunWide(), Defer: c.Defer}
	r := &o.Retry
	s.Retry = retrySpec{r.Max, r.Network, r.Assertion, r.NonIdempotent, texts(r.Status), int64(r.Delay)}
	s.Mask = maskSpec{o.Output.Mask.Off, o.Output.Mask.Names, texts(o.Output.Mask.Patterns)}
	return s, nil
}

func texts[T fmt.Stringer](list []T) []string {
	var out []string
	for _, t := range list {
		out = append(out, t.String())
	}
	return out
}

func parseAll[T any](list []string, parse func(string) (T, error)) ([]T, error) {
	var out []T
	for _, text := range list {
		t, err := parse(text)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// unpack returns the options without documents, engine, libraries and files,
// which the worker adds.
func (s *spec) unpack() (*runner.Options, error) {
	o := &runner.Options{Select: s.Select, Iterations: s.Iterations, Bail: s.Bail, AllowEmpty: s.AllowEmpty, MaxJumps: s.MaxJumps,
		Delay: time.Duration(s.Delay), Timeout: time.Duration(s.Timeout)}
	var errs [9]error
	o.Environment, errs[0] = s.Environment.unpack()
	o.Globals, errs[1] = s.Globals.unpack()
	o.Variables, errs[2] = s.Variables.unpack()
	o.Vault, errs[3] = s.Vault.unpack()
	errs[4] = s.Network.unpack(&o.Network)
	o.Checks, errs[5] = s.Checks.unpack()
	o.Retry, errs[6] = s.Retry.unpack()
	o.Output.Mask.Patterns, errs[7] = parseAll(s.Mask.Patterns, regexp.Compile)
	o.Output.Mask.Off, o.Output.Mask.Names = s.Mask.Off, s.Mask.Names
	o.Output.Label, o.Output.Version, o.Output.Form = s.Label, s.Version, runner.CollectionForm(s.Form)
	o.Scripts.Limits, o.Scripts.CookieDomains = s.Scripts.Limits, s.Scripts.CookieDomains
	if s.Only != nil {
		only := map[int]bool{}
		for _, i := range *s.Only {
			only[i] = true
		}
		o.Only = func(i int) bool { return only[i] }
	}
	return o, errors.Join(errs[:]...)
}

func (s *networkSpec) unpack(n *runner.Network) error {
	n.UserAgent, n.FollowRedirects = s.UserAgent, s.FollowRedirects
	n.Options = transport.Options{Timeout: time.Duration(s.Timeout), Insecure: s.Insecure, MinTLS: s.MinTLS, MaxTLS: s.MaxTLS, Protocol: s.Protocol,
		MaxResponseSize: s.MaxResponseSize, MaxHeaderSize: s.MaxHeaderSize, ConnectTo: s.ConnectTo, Resolve: s.Resolve, UnixSocket: s.UnixSocket}
	if s.Jar != nil {
		n.Jar = jar.New()
		if err := n.Jar.UnmarshalJSON(s.Jar); err != nil {
			return err
		}
	}
	if s.CA != nil {
		pool, err := transport.RootsWith(s.CA)
		if err != nil {
			return err
		}
		n.RootCAs = pool
	}
	for _, p := range s.Certificates {
		c := transport.ClientCert{Name: p.Name, Matches: p.Matches, Key: p.Key, Cert: p.Cert, PFX: p.PFX, Missing: p.Missing,
			Certificate: tls.Certificate{Certificate: p.Chain}}
		if p.Err != "" {
			c.Err = errors.New(p.Err)
		}
		if p.Private != nil {
			key, err := x509.ParsePKCS8PrivateKey(p.Private)
			if err != nil {
				return fmt.Errorf("client certificate %s: %w", p.Name, err)
			}
			c.Certificate.PrivateKey = key
		}
		n.Certificates = append(n.Certificates, c)
	}
	if s.Proxy.URL != "" {
		pick, err := transport.ProxyBy(s.Proxy.URL, s.Proxy.Except)
		if err != nil {
			return err
		}
		n.Proxy = pick
	}
	return nil
}

func (s *criteriaSpec) unpack() (criteria.Options, error) {
	o, err := criteria.ParseRunWide(s.RunWide)
	if err != nil {
		return o, err
	}
	o.RequireTests, o.Strict, o.Defer = s.RequireTests, s.Strict, s.Defer
	var errs [3]error
	o.Asserts, errs[0] = parseAll(s.Asserts, criteria.ParseAssert)
	o.Extracts, errs[1] = parseAll(s.Extracts, criteria.ParseExtract)
	o.FailOn, errs[2] = parseAll(s.FailOn, criteria.ParseStatus)
	return o, errors.Join(errs[:]...)
}

func (s *retrySpec) unpack() (runner.Retry, error) {
	status, err := parseAll(s.Status, criteria.ParseStatus)
	return runner.Retry{Max: s.Max, Network: s.Network, Assertion: s.Assertion, NonIdempotent: s.NonIdempotent, Status: status, Delay: time.Duration(s.Delay)}, err
}

// packRow returns a data row as a JSON object.
func packRow(row *vars.Scope) json.RawMessage {
	if row == nil {
		return nil
	}
	out := []byte{'{'}
	for v := range row.All() {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, vars.JSON(v.Key)...), ':'), vars.JSON(v.Value)...)
	}
	return append(out, '}')
}

// packData returns all rows as a JSON array.
func packData(d *collections.Data) ([]byte, error) {
	out := []byte{'['}
	for row, err := range d.Rows() {
		if err != nil {
			return nil, err
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(out, packRow(row)...)
		if len(out) > maxDocument/4 {
			return nil, fmt.Errorf("the iteration data is too large for a run on one worker: more than %d MB; --parallel sends it in parts", maxDocument>>22)
		}
	}
	return append(out, ']'), nil
}

// A state is what a run leaves for exports.
type state struct {
	Environment *scope          `json:"environment,omitempty"`
	Globals     *scope          `json:"globals,omitempty"`
	Variables   *scope          `json:"variables,omitempty"`
	Jar         json.RawMessage `json:"jar,omitempty"`
	Secrets     []string        `json:"secrets,omitempty"`
	Interrupted bool            `json:"interrupted,omitempty"`
	Bailed      bool            `json:"bailed,omitempty"`
	Failures    int             `json:"failures,omitempty"` // how many events report a failure
}

func packState(r *runner.Result) *state {
	s := &state{Environment: packScope(r.Environment), Globals: packScope(r.Globals), Variables: packScope(r.Variables), Interrupted: r.Interrupted, Bailed: r.Bailed, Failures: r.FailureCount}
	if r.Jar != nil {
		s.Jar, _ = r.Jar.MarshalJSON() // never fails for a jar
	}
	if r.Mask != nil {
		s.Secrets = r.Mask.Known()
	}
	return s
}

// unpack fills a result with what the run has left.
func (s *state) unpack(r *runner.Result, m mask.Options) error {
	r.Mask = mask.New(m)
	for _, secret := range s.Secrets {
		r.Mask.Learn(secret, mask.Run)
	}
	r.Jar = jar.New()
	var errs [4]error
	r.Environment, errs[0] = s.Environment.unpack()
	r.Globals, errs[1] = s.Globals.unpack()
	r.Variables, errs[2] = s.Variables.unpack()
	if s.Jar != nil {
		errs[3] = r.Jar.UnmarshalJSON(s.Jar)
	}
	r.Interrupted, r.Bailed = s.Interrupted, s.Bailed
	return errors.Join(errs[:]...)
}
