package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"sort"
	"strings"
	"time"

	"postie/runner/transport"
)

// awsV4 is Amazon's signature version 4, in headers or in the query.
type awsV4 struct {
	p    Params
	opts Options
}

func (a *awsV4) Wrote() []string { return []string{"Authorization", "X-Amz-Security-Token"} }

var awsOwn = []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256"}

func (a *awsV4) Sign(_ context.Context, r *transport.Request) error {
	for _, name := range awsOwn {
		r.Header = r.Header.Del(name)
	}
	for _, name := range []string{"X-Amz-Security-Token", "X-Amz-Date", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-SignedHeaders", "X-Amz-Signature"} {
		r.URL.Target = dropQuery(r.URL.Target, name)
	}
	s := &awsSigning{awsV4: a, r: r, time: a.signedAt(r).UTC().Format("20060102T150405Z"), service: a.p.Text("service"), region: a.p.Text("region")}
	if s.service == "" {
		s.service = "execute-api"
	}
	if s.region == "" {
		s.region = "us-east-1"
	}
	if a.p.Bool("addAuthDataToQuery") {
		s.query()
		return nil
	}
	return s.headers()
}

// signedAt returns the time of the request's Date header, as in Postman, or the
// current time.
func (a *awsV4) signedAt(r *transport.Request) time.Time {
	date := r.Header.Get("Date")
	for _, layout := range []string{http.TimeFormat, time.RFC1123Z, time.RFC850, time.ANSIC, time.RFC3339} {
		if t, err := time.Parse(layout, date); err == nil {
			return t
		}
	}
	return a.opts.Now()
}

// An awsSigning is a request that is being signed.
type awsSigning struct {
	*awsV4
	r                     *transport.Request
	time, service, region string
}

func (s *awsSigning) scope() string {
	return s.time[:8] + "/" + s.region + "/" + s.service + "/aws4_request"
}

func (s *awsSigning) host() {
	if s.r.Header.Get("Host") == "" {
		s.r.Header = s.r.Header.Set("Host", s.r.URL.HostPort())
	}
}

func (s *awsSigning) headers() error {
	hash := hexSum("")
	if s.r.Body != nil {
		var err error
		if hash, err = bodyHash(s.r, sha256.New()); err != nil {
			return err
		}
		s.r.Header = append(s.r.Header, transport.Field{Name: "X-Amz-Content-Sha256", Value: hash})
	}
	s.host()
	if token := s.p.Text("sessionToken"); token != "" {
		s.r.Header = append(s.r.Header, transport.Field{Name: "X-Amz-Security-Token", Value: token})
	}
	if s.service == "s3" && !s.r.Header.Has("X-Amz-Content-Sha256") {
		s.r.Header = append(s.r.Header, transport.Field{Name: "X-Amz-Content-Sha256", Value: hash})
	}
	s.r.Header = append(s.r.Header, transport.Field{Name: "X-Amz-Date", Value: s.time})
	names, lines := s.canonicalHeaders()
	signature := s.signature(s.canonical(names, lines, hash))
	s.r.Header = append(s.r.Header, transport.Field{Name: "Authorization", Value: "AWS4-HMAC-SHA256 Credential=" +
		s.p.Text("accessKey") + "/" + s.scope() + ", SignedHeaders=" + names + ", Signature=" + signature})
	return nil
}

func (s *awsSigning) query() {
	s.host()
	names, lines := s.canonicalHeaders()
	hash := hexSum("")
	if token := s.p.Text("sessionToken"); token != "" {
		s.add("X-Amz-Security-Token", token)
	}
	if s.service == "s3" {
		s.add("X-Amz-Expires", "86400")
		hash = "UNSIGNED-PAYLOAD"
	}
	s.add("X-Amz-Date", s.time)
	s.add("X-Amz-Algorithm", "AWS4-HMAC-SHA256")
	s.add("X-Amz-Credential", s.p.Text("accessKey")+"/"+s.scope())
	s.add("X-Amz-SignedHeaders", names)
	s.add("X-Amz-Signature", s.signature(s.canonical(names, lines, hash)))
}

func (s *awsSigning) add(key, value string) {
	sep := "?"
	if strings.Contains(s.r.URL.Target, "?") {
		sep = "&"
	}
	s.r.URL.Target += sep + key + "=" + percentEncode(value)
}

// unsignedHeaders are headers that proxies change.
var unsignedHeaders = []string{"authorization", "connection", "x-amzn-trace-id", "user-agent", "expect", "presigned-expires", "range"}

func (s *awsSigning) canonicalHeaders() (names, lines string) {
	values := map[string]string{}
	for _, f := range s.r.Header {
		low := strings.ToLower(f.Name)
		if !slices.Contains(unsignedHeaders, low) {
			values[low] = strings.Join(strings.Fields(f.Value), " ")
		}
	}
	var list []string
	for name := range values {
		list = append(list, name)
	}
	sort.Strings(list)
	var b strings.Builder
	for _, name := range list {
		b.WriteString(name + ":" + values[name] + "\n")
	}
	return strings.Join(list, ";"), b.String()
}

// canonical returns the canonical request.
func (s *awsSigning) canonical(names, lines, hash string) string {
	path, query := splitTarget(s.r.URL.Target)
	return strings.Join([]string{s.r.Method, s.canonicalPath(path), sortedPairs(decodeForm(query)), lines, names, hash}, "\n")
}

// canonicalPath encodes each segment a second time, except for S3, which uses
// paths as they are.
func (s *awsSigning) canonicalPath(path string) string {
	if s.service == "s3" {
		parts := strings.Split(path, "/")
		for i, p := range parts {
			parts[i] = percentEncode(unescape(strings.ReplaceAll(p, "+", "%2B")))
		}
		return strings.Join(parts, "/")
	}
	var out []string
	for part := range strings.SplitSeq(path, "/") {
		switch part {
		case "", ".":
		case "..":
			if len(out) > 0 {
				out = out[:len(out)-1]
			}
		default:
			out = append(out, percentEncode(part))
		}
	}
	clean := "/" + strings.Join(out, "/")
	if strings.HasSuffix(path, "/") && len(out) > 0 {
		clean += "/"
	}
	return clean
}

func (s *awsSigning) signature(canonical string) string {
	text := "AWS4-HMAC-SHA256\n" + s.time + "\n" + s.scope() + "\n" + hexSum(canonical)
	key := []byte("AWS4" + s.p.Text("secretKey"))
	for _, part := range []string{s.time[:8], s.region, s.service, "aws4_request", text} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	return hex.EncodeToString(key)
}

func hexSum(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// dropQuery removes a parameter from an encoded target.
func dropQuery(target, key string) string {
	path, query := splitTarget(target)
	if !strings.Contains(query, key) {
		return target
	}
	kept := slices.DeleteFunc(strings.Split(query, "&"), func(p string) bool {
		name, _, _ := strings.Cut(p, "=")
		return name == key
	})
	if len(kept) == 0 {
		return path
	}
	return path + "?" + strings.Join(kept, "&")
}
