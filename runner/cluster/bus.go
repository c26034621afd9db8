package cluster

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/base32"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Options say how a cluster connects to its server.
type Options struct {
	URL       string                     // nats://host:4222 or tls://…, several separated by commas
	Name      string                     // name of the connection in the server's monitoring
	Worker    bool                       // receives replies on _INBOX.worker.>, and not on _INBOX.dispatcher.>, so that the server can give the roles different rights
	Token     string                     // "": none
	Creds     string                     // file of NATS credentials; "": none
	NKey      string                     // file of an nkey's seed; "": none
	CA        string                     // file of trusted CA certificates; "": the system's
	Cert      string                     // file of the client certificate; "": none
	CertKey   string                     // file of its private key
	InProcess nats.InProcessConnProvider // a server in this process, in place of URL
	Key       *Key                       // required
}

// A Bus is a connection to the server of a cluster, with its streams.
type Bus struct {
	opts  Options
	times times
	conn  *nats.Conn
	js    jetstream.JetStream

	jobs, runs jetstream.Stream
	docs       jetstream.ObjectStore
}

// Connect connects to the server and creates missing streams. The caller closes
// the Bus.
func Connect(ctx context.Context, o Options) (*Bus, error) { return connect(ctx, o, defaultTimes()) }

func connect(ctx context.Context, o Options, t times) (*Bus, error) {
	if o.Key == nil {
		return nil, errors.New("no cluster key")
	}
	opts := []nats.Option{nats.Name(o.Name), nats.MaxReconnects(-1), nats.ReconnectWait(time.Second), nats.Timeout(10 * time.Second),
		nats.ReconnectBufSize(1 << 20), nats.NoEcho(), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})} // callers see errors of their own calls
	for _, add := range []struct {
		value string
		opt   func(string) nats.Option
	}{{o.Token, func(s string) nats.Option { return nats.Token(s) }}, {o.Creds, func(s string) nats.Option { return nats.UserCredentials(s) }},
		{o.CA, func(s string) nats.Option { return nats.RootCAs(s) }}, {o.Cert, func(s string) nats.Option { return nats.ClientCert(s, o.CertKey) }}} {
		if add.value != "" {
			opts = append(opts, add.opt(add.value))
		}
	}
	inbox := "_INBOX.dispatcher"
	if o.Worker {
		inbox = "_INBOX.worker"
	}
	opts = append(opts, nats.CustomInboxPrefix(inbox))
	if o.NKey != "" {
		opt, err := nats.NkeyOptionFromSeed(o.NKey)
		if err != nil {
			return nil, fmt.Errorf("nkey %s: %w", o.NKey, err)
		}
		opts = append(opts, opt)
	}
	if o.InProcess != nil {
		opts = append(opts, nats.InProcessServer(o.InProcess))
	}
	conn, err := nats.Connect(o.URL, opts...)
	if err != nil {
		return nil, explain(o.URL, err)
	}
	b := &Bus{opts: o, times: t, conn: conn}
	if b.js, err = jetstream.New(conn, jetstream.WithDefaultTimeout(10*time.Second)); err == nil {
		err = b.awaitLeader(ctx)
	}
	if err == nil {
		err = retry(ctx, leaderless, func() error { return b.prepare(ctx) }) // a stream may have no leader yet although the servers run
	}
	if err != nil {
		conn.Close()
		return nil, explain(o.URL, err)
	}
	return b, nil
}

// Close ends the connection.
func (b *Bus) Close() { b.conn.Close() }

// Server returns the address of the connected server, without credentials.
func (b *Bus) Server() string { return redacted(b.conn.ConnectedUrl()) }

// keep is how long the server keeps jobs, results and documents of dispatchers
// that died.
const keep = 72 * time.Hour

// awaitLeader waits until most servers of a cluster run. Servers that are just
// starting do not respond before.
func (b *Bus) awaitLeader(ctx context.Context) error {
	if b.conn.ConnectedClusterName() == "" {
		return nil
	}
	return retry(ctx, leaderless, func() error {
		ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
		defer cancel()
		_, err := b.js.Stream(ctx, jobStream)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			return nil
		}
		return err
	})
}

// prepare creates streams, consumer and bucket if they do not exist.
func (b *Bus) prepare(ctx context.Context) (err error) {
	replicas := b.replicas()
	if b.jobs, err = b.stream(ctx, jetstream.StreamConfig{Name: jobStream, Description: "jobs of postie", Subjects: []string{"postie.jobs.>"},
		Retention: jetstream.WorkQueuePolicy, Discard: jetstream.DiscardNew, MaxAge: keep, Replicas: replicas}); err != nil {
		return err
	}
	// Records are read from the stream's leader, because a follower may lack
	// the newest.
	if b.runs, err = b.stream(ctx, jetstream.StreamConfig{Name: runStream, Description: "what postie's jobs came to", Subjects: []string{"postie.runs.>"},
		Discard: jetstream.DiscardNew, MaxAge: keep, Replicas: replicas}); err != nil {
		return err
	}
	if b.docs, err = b.js.ObjectStore(ctx, bucket); err == nil {
		if s, err := b.js.Stream(ctx, "OBJ_"+bucket); err == nil {
			b.replicated(ctx, s)
		}
		return nil
	}
	if !errors.Is(err, jetstream.ErrBucketNotFound) && !errors.Is(err, jetstream.ErrStreamNotFound) {
		return err
	}
	config := jetstream.ObjectStoreConfig{Bucket: bucket, Description: "documents of postie's runs", TTL: keep, Replicas: replicas}
	if b.docs, err = b.js.CreateObjectStore(ctx, config); tooFew(err) {
		config.Replicas, config.Metadata = 1, moreReplicas
		b.docs, err = b.js.CreateObjectStore(ctx, config)
	}
	if errors.Is(err, jetstream.ErrBucketExists) || errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		b.docs, err = b.js.ObjectStore(ctx, bucket) // another process has created it meanwhile
	}
	return err
}

// replicas returns how many copies new streams have.
func (b *Bus) replicas() int {
	if b.conn.ConnectedClusterName() == "" {
		return 1
	}
	return 3
}

// moreReplicas is the metadata of streams that were created while too few
// servers of a cluster were running. They get their replicas later.
var moreReplicas = map[string]string{"postie.replicas": "when there are servers"}

// stream opens a stream, or creates it when it does not exist.
func (b *Bus) stream(ctx context.Context, c jetstream.StreamConfig) (jetstream.Stream, error) {
	s, err := b.js.Stream(ctx, c.Name)
	if err == nil {
		return b.replicated(ctx, s), nil
	}
	if !errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, err
	}
	if s, err = b.js.CreateStream(ctx, c); tooFew(err) {
		c.Replicas, c.Metadata = 1, moreReplicas
		s, err = b.js.CreateStream(ctx, c)
	}
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		return b.js.Stream(ctx, c.Name)
	}
	return s, err
}

// replicated adds missing replicas to a stream, if that is possible by now.
// Only dispatchers do that, because workers do not have the right.
func (b *Bus) replicated(ctx context.Context, s jetstream.Stream) jetstream.Stream {
	c := s.CachedInfo().Config
	if _, lacks := c.Metadata["postie.replicas"]; !lacks || b.opts.Worker {
		return s
	}
	c.Replicas = b.replicas()
	delete(c.Metadata, "postie.replicas")
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if more, err := b.js.UpdateStream(ctx, c); err == nil {
		return more
	}
	return s // the stream works without them
}

// tooFew reports whether there are fewer servers than replicas.
func tooFew(err error) bool {
	var refused *jetstream.APIError
	return errors.As(err, &refused) && (refused.ErrorCode == noPeers || refused.ErrorCode == noReplicas)
}

// consumer returns the consumer from which workers take jobs.
func (b *Bus) consumer(ctx context.Context) (jetstream.Consumer, error) {
	return b.jobs.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{Durable: consumer, Description: "postie workers",
		FilterSubject: fmt.Sprintf("postie.jobs.v%d.>", Protocol), AckPolicy: jetstream.AckExplicitPolicy,
		AckWait: b.times.ackWait, MaxDeliver: -1, MaxAckPending: 1 << 16, MaxWaiting: 1 << 14})
}

// explain describes in one line what is wrong with the server, and what helps.
func explain(url string, err error) error {
	at := "NATS at " + redacted(url)
	var network *net.OpError
	var unknown x509.UnknownAuthorityError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, nats.ErrNoServers), errors.Is(err, nats.ErrTimeout), errors.As(err, &network) && network.Op == "dial":
		return fmt.Errorf("%s: no server answers: %w", at, err)
	case errors.As(err, &network) && network.Op == "read" && network.Timeout():
		return fmt.Errorf("%s: what answers there is no NATS server: %w", at, err)
	case errors.Is(err, nats.ErrSecureConnWanted):
		return fmt.Errorf("%s: the server has no TLS: nats:// in place of tls:// is without: %w", at, err)
	case errors.As(err, &unknown):
		return fmt.Errorf("%s: the CA of its certificate is not known here; --cluster-ca FILE names it: %w", at, err)
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrPermissionViolation):
		return fmt.Errorf("%s: the server refuses these credentials: %w", at, err)
	case leaderless(err) && !errors.Is(err, nats.ErrTimeout):
		return fmt.Errorf("%s: too few servers of its cluster are there: %w", at, err)
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled), errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount), errors.Is(err, nats.ErrNoResponders):
		return fmt.Errorf("%s: JetStream is not enabled there (nats-server -js): %w", at, err)
	}
	return fmt.Errorf("%s: %w", at, err)
}

// redacted returns URLs without user and password.
func redacted(urls string) string {
	if urls == "" {
		return "this process"
	}
	var out []string
	for u := range strings.SplitSeq(urls, ",") {
		scheme, rest, ok := strings.Cut(u, "://")
		if !ok {
			scheme, rest = "nats", u
		}
		if i := strings.LastIndexByte(rest, '@'); i >= 0 {
			rest = rest[i+1:]
		}
		out = append(out, scheme+"://"+rest)
	}
	return strings.Join(out, ",")
}

// patience is how long calls of a server that does not respond are repeated:
// for some seconds it does not respond while another server becomes the leader
// of a stream.
const patience = time.Minute

// again repeats a call of the server until it responds.
func again(ctx context.Context, ask func() error) error { return retry(ctx, unanswered, ask) }

// flush waits until the server has read everything that was sent. It uses the
// new connection when the connection to the server was lost.
func (b *Bus) flush(ctx context.Context) error {
	lost := func(err error) bool {
		return unanswered(err) || errors.Is(err, nats.ErrConnectionClosed) && !b.conn.IsClosed()
	}
	return retry(ctx, lost, func() error { return b.conn.FlushTimeout(10 * time.Second) })
}

// retry repeats a call while `while` holds for its error, but not longer than
// patience.
func retry(ctx context.Context, while func(error) bool, ask func() error) error {
	began, wait := time.Now(), 100*time.Millisecond
	for {
		err := ask()
		if !while(err) || time.Since(began) > patience || !pause(ctx, wait) {
			return err
		}
		wait = min(2*wait, 2*time.Second)
	}
}

// unanswered reports whether an error means that no server has responded yet.
func unanswered(err error) bool {
	var refused *jetstream.APIError
	if errors.As(err, &refused) && refused.Code == 503 && !isFull(err) { // no leader
		return true
	}
	return errors.Is(err, nats.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, nats.ErrNoResponders) ||
		errors.Is(err, jetstream.ErrNoStreamResponse) // the object store's error in this case
}

// leaderless reports whether an error means that too few servers of a cluster
// are running yet.
func leaderless(err error) bool {
	var refused *jetstream.APIError
	return errors.As(err, &refused) && refused.ErrorCode == noLeader || errors.Is(err, context.DeadlineExceeded)
}

// missing reports whether something does not exist. It asks several times,
// because a server that has just become the leader may not know it yet.
func missing(ctx context.Context, ask func() error) (bool, error) {
	for range 4 {
		err := again(ctx, ask)
		if !errors.Is(err, jetstream.ErrMsgNotFound) && !errors.Is(err, jetstream.ErrStreamNotFound) {
			return false, err
		}
		if !pause(ctx, 300*time.Millisecond) {
			return false, ctx.Err()
		}
	}
	return true, nil
}

// records returns an ordered consumer of the records of a run.
func (b *Bus) records(ctx context.Context, o jetstream.OrderedConsumerConfig) (c jetstream.Consumer, err error) {
	err = again(ctx, func() error {
		c, err = b.runs.OrderedConsumer(ctx, o)
		return err
	})
	return c, err
}

// gone reports whether the stream of runs was deleted.
func (b *Bus) gone(ctx context.Context) bool {
	gone, err := missing(ctx, func() error {
		_, err := b.js.Stream(ctx, runStream)
		return err
	})
	return gone && err == nil
}

// message returns a record by its number.
func (b *Bus) message(ctx context.Context, number uint64, opts ...jetstream.GetMsgOpt) (m *jetstream.RawStreamMsg, err error) {
	gone, err := missing(ctx, func() error {
		m, err = b.runs.GetMsg(ctx, number, opts...)
		return err
	})
	if gone {
		err = errGone
	}
	return m, err
}

// last implements ledger.
func (b *Bus) last(ctx context.Context, subject string) (data []byte, number uint64, err error) {
	err = again(ctx, func() error {
		m, err := b.runs.GetLastMsgForSubject(ctx, subject)
		if err == nil {
			data, number = m.Data, m.Sequence
		}
		return err
	})
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return nil, 0, nil
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return nil, 0, errGone
	}
	return data, number, err
}

// write implements ledger.
func (b *Bus) write(ctx context.Context, subject string, record []byte, expected uint64) (bool, error) {
	return b.publish(ctx, subject, record, jetstream.WithExpectLastSequencePerSubject(expected))
}

// publish stores a message. It returns false when the server has an unexpected
// message on the subject. While the server cannot be reached, it tries again.
func (b *Bus) publish(ctx context.Context, subject string, data []byte, opts ...jetstream.PublishOpt) (bool, error) {
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		_, err := b.js.Publish(ctx, subject, data, opts...)
		var refused *jetstream.APIError
		switch {
		case err == nil:
			return true, nil
		case errors.As(err, &refused) && (refused.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || refused.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant):
			return false, nil
		case isFull(err):
			return false, fmt.Errorf("%w: %w", errFull, err)
		case errors.Is(err, nats.ErrMaxPayload):
			return false, fmt.Errorf("the server takes no message of %d KB (max_payload): %w", len(data)>>10, err)
		case errors.Is(err, nats.ErrConnectionClosed), ctx.Err() != nil:
			return false, err
		case errors.Is(err, jetstream.ErrNoStreamResponse):
			if b.gone(ctx) {
				return false, errGone
			}
		}
		if !pause(ctx, wait) {
			return false, err
		}
	}
}

// isFull reports whether the server has refused something because it has no
// space.
func isFull(err error) bool {
	var refused *jetstream.APIError
	return errors.As(err, &refused) && slices.Contains([]jetstream.ErrorCode{storeFull, accountFull, streamFull}, refused.ErrorCode)
}

// Error codes of the server for which the client has no names.
const (
	noLeader    = jetstream.ErrorCode(10008) // JetStream system temporarily unavailable
	noPeers     = jetstream.ErrorCode(10005) // no suitable peers for placement
	noReplicas  = jetstream.ErrorCode(10074) // replicas > 1 not supported in non-clustered mode
	storeFull   = jetstream.ErrorCode(10023) // insufficient resources
	accountFull = jetstream.ErrorCode(10047) // storage resources exceeded
	streamFull  = jetstream.ErrorCode(10077) // message could not be stored
)

// pause waits for d. It returns false when ctx ended before.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// put stores a document of a run under a hash of its content, and returns that
// name.
func (b *Bus) put(ctx context.Context, run string, content []byte) (string, error) {
	if len(content) > maxDocument {
		return "", fmt.Errorf("a document of %d MB is too large for a cluster, which takes %d MB", len(content)>>20, maxDocument>>20)
	}
	name := run + "." + b.opts.Key.nameOf(content)
	sealed := b.opts.Key.seal(name, content)
	err := again(ctx, func() error {
		ctx, cancel := transfer(ctx, uint64(len(sealed)))
		defer cancel()
		_, err := b.docs.Put(ctx, jetstream.ObjectMeta{Name: name}, bytes.NewReader(sealed))
		return err
	})
	if isFull(err) {
		err = fmt.Errorf("%w: %w", errFull, err)
	}
	if err != nil {
		return "", fmt.Errorf("a document of %d KB for the workers: %w", len(content)>>10, err)
	}
	return name, nil
}

// transfer limits the time for a document, at a megabyte per second, because a
// lost server may never respond.
func transfer(ctx context.Context, size uint64) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, 10*time.Second+time.Duration(size>>20)*time.Second)
}

// get reads a document.
func (b *Bus) get(ctx context.Context, name string) ([]byte, error) {
	var sealed []byte
	err := again(ctx, func() error {
		info, err := b.docs.GetInfo(ctx, name)
		switch {
		case err != nil:
			return err
		case info.Size > maxDocument:
			return errors.New("too large")
		}
		ctx, cancel := transfer(ctx, info.Size)
		defer cancel()
		sealed, err = b.docs.GetBytes(ctx, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("document %s: %w", name, err)
	}
	return b.opts.Key.open(name, sealed, maxDocument)
}

// newID returns a unique name of letters and digits.
func newID() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}

var _ ledger = (*Bus)(nil)
