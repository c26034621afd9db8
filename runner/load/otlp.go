package load

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Push sends the figures of a load to an OpenTelemetry collector, as JSON of
// OTLP over HTTP: every ten seconds, and once more at the end. Sums and
// histograms are cumulative.
type Push struct {
	URL    string // of the collector; /v1/metrics is added when it has no path
	Header http.Header
	Client *http.Client  // nil: http.DefaultClient
	Every  time.Duration // 0 is 10 s

	c     *Collector
	stop  chan struct{}
	works sync.WaitGroup
	mu    sync.Mutex
	err   error // error of the last attempt
}

// CheckPushURL returns an error for a URL that no figures can be sent to.
func CheckPushURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%q: want a URL such as http://localhost:4318", text)
	}
	return nil
}

// Start begins to send the figures of a Collector, until Close.
func (p *Push) Start(c *Collector) {
	p.c, p.stop = c, make(chan struct{})
	if p.Every == 0 {
		p.Every = 10 * time.Second
	}
	p.works.Go(func() {
		tick := time.NewTicker(p.Every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				p.send()
			case <-p.stop:
				return
			}
		}
	})
}

// Close sends the last figures, and returns the error of the last attempt. A
// Push that was not started sends nothing.
func (p *Push) Close() error {
	if p.c == nil {
		return nil
	}
	close(p.stop)
	p.works.Wait()
	p.send()
	return p.err
}

func (p *Push) send() {
	err := p.post()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
}

func (p *Push) post() error {
	body, err := json.Marshal(p.c.otlp(time.Now()))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), p.Every)
	defer cancel()
	to, err := url.Parse(p.URL)
	if err != nil {
		return err
	}
	if strings.Trim(to.Path, "/") == "" {
		to.Path = "/v1/metrics"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(body))
	if err != nil {
		return err
	}
	for name, values := range p.Header {
		req.Header[name] = values
	}
	req.Header.Set("Content-Type", "application/json")
	client := p.Client
	if client == nil {
		client = http.DefaultClient
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(res.Body, 300)) // only for the message
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s: %s", res.Status, strings.TrimSpace(printable(string(text))))
	}
	return nil
}

// The JSON form of OTLP, in which 64-bit integers are strings.
type (
	otlpValue struct {
		Text string `json:"stringValue"`
	}
	otlpLabel struct {
		Key   string    `json:"key"`
		Value otlpValue `json:"value"`
	}
	otlpPoint struct {
		Attributes []otlpLabel `json:"attributes,omitempty"`
		Start      string      `json:"startTimeUnixNano"`
		At         string      `json:"timeUnixNano"`
		Value      *float64    `json:"asDouble,omitempty"`
		Count      string      `json:"count,omitempty"`
		Sum        *float64    `json:"sum,omitempty"`
		Buckets    []string    `json:"bucketCounts,omitempty"`
		Bounds     []float64   `json:"explicitBounds,omitempty"`
	}
	otlpData struct {
		Points    []otlpPoint `json:"dataPoints"`
		Temporal  int         `json:"aggregationTemporality,omitempty"`
		Monotonic bool        `json:"isMonotonic,omitempty"`
	}
	otlpMetric struct {
		Name        string    `json:"name"`
		Description string    `json:"description"`
		Unit        string    `json:"unit"`
		Sum         *otlpData `json:"sum,omitempty"`
		Gauge       *otlpData `json:"gauge,omitempty"`
		Histogram   *otlpData `json:"histogram,omitempty"`
	}
	otlpScope struct {
		Name string `json:"name"`
	}
	otlpScopeMetrics struct {
		Scope   otlpScope    `json:"scope"`
		Metrics []otlpMetric `json:"metrics"`
	}
	otlpResource struct {
		Attributes []otlpLabel `json:"attributes"`
	}
	otlpResourceMetrics struct {
		Resource otlpResource       `json:"resource"`
		Scopes   []otlpScopeMetrics `json:"scopeMetrics"`
	}
	otlpRequest struct {
		Resources []otlpResourceMetrics `json:"resourceMetrics"`
	}
)

// cumulative is OTLP's constant for sums since the start.
const cumulative = 2

func (c *Collector) otlp(now time.Time) *otlpRequest {
	nanos := func(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }
	start, at := nanos(c.began), nanos(now)
	var metrics []otlpMetric
	for _, m := range c.metrics() {
		if len(m.points) == 0 {
			continue
		}
		data := &otlpData{}
		for i := range m.points {
			data.Points = append(data.Points, m.points[i].otlp(start, at))
		}
		out := otlpMetric{Name: otlpName(m.name), Description: m.help, Unit: "1"}
		switch m.kind {
		case "counter":
			data.Temporal, data.Monotonic, out.Sum = cumulative, true, data
		case "histogram":
			data.Temporal, out.Unit, out.Histogram = cumulative, "s", data
		default:
			out.Gauge = data
		}
		metrics = append(metrics, out)
	}
	about := []otlpLabel{{"service.name", otlpValue{"postie"}}, {"postie.collection", otlpValue{c.opts.Run.Collection.Name()}}}
	return &otlpRequest{[]otlpResourceMetrics{{otlpResource{about}, []otlpScopeMetrics{{otlpScope{"postie/load"}, metrics}}}}}
}

// otlpName converts a name to OpenTelemetry's style: with dots and without the
// unit.
func otlpName(name string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(name, "_total"), "_seconds")
	return strings.Replace(strings.Replace(name, "_", ".", 1), "_", ".", 1)
}

func (p *point) otlp(start, at string) otlpPoint {
	out := otlpPoint{Start: start, At: at}
	for i := 0; i < len(p.labels); i += 2 {
		out.Attributes = append(out.Attributes, otlpLabel{p.labels[i], otlpValue{strings.ToValidUTF8(p.labels[i+1], "\uFFFD")}})
	}
	if p.times == nil {
		out.Value = &p.value
		return out
	}
	out.Count, out.Sum = strconv.FormatInt(p.times.count, 10), &p.times.sum
	before := int64(0)
	for i, n := range append(p.times.upTo, p.times.count) {
		out.Buckets = append(out.Buckets, strconv.FormatInt(n-before, 10))
		before = n
		if i < len(bounds) {
			out.Bounds = append(out.Bounds, bounds[i].Seconds())
		}
	}
	return out
}
