package flags

import "postie/cmd/internal/flaghelp"

// Groups are the flags of run and similar commands, by subject.
var Groups = []flaghelp.Group{
	{Title: "Documents", Flags: []string{"environment", "globals", "env-var", "global-var", "env-file", "env-from-process", "env-var-file",
		"cookie-jar", "working-dir", "insecure-file-read", "no-insecure-file-read", "package-dir", "postman-api-key", "mock", "from"}},
	{Title: "Data", Flags: []string{"iteration-data", "iteration-count", "data-order"}},
	{Title: "Selection", Flags: []string{"folder", "grep", "exclude", "only-tests", "failed", "shard", "setup", "teardown"}},
	{Title: "How much load", With: "vus", Flags: []string{"vus", "duration", "iterations", "stage", "profile", "rate", "rate-stage", "max-vus", "think", "pace", "warmup", "grace", "yes"}},
	{Title: "What passes", Flags: []string{"assert", "fail-on-status", "require-tests", "threshold", "max-duration", "pass-if", "abort-on-fail", "baseline",
		"strict", "allow-empty", "bail", "fail-fast", "max-failures", "suppress-exit-code", "partial", "values", "ignore"}},
	{Title: "Retries and speed", Flags: []string{"retry", "retry-on", "retry-delay", "retry-non-idempotent", "jobs", "parallel", "rate", "host-concurrency",
		"delay-request", "timeout", "watch"}},
	{Title: "Cluster", Flags: []string{"cluster", "cluster-key", "cluster-creds", "cluster-nkey", "cluster-ca", "cluster-cert", "cluster-cert-key", "on-lost", "resume"}},
	{Title: "Scripts", Flags: []string{"timeout-script", "max-jumps", "isolate-scripts", "script-cookies", "extract"}},
	{Title: "Network", Flags: []string{"timeout-request", "ignore-redirects", "user-agent", "max-response-size", "proxy", "noproxy", "connect-to", "resolve",
		"unix-socket", "http1.1", "http2"}},
	{Title: "TLS", Flags: []string{"insecure", "ssl-extra-ca-certs", "ssl-client-cert", "ssl-client-key", "ssl-client-passphrase", "ssl-client-cert-list", "tls-min", "tls-max"}},
	{Title: "Secrets", Flags: []string{"vault-file", "vault-from-process", "vault-prompt", "mask", "mask-regex", "export-secrets", "no-mask"}},
	{Title: "Output", Flags: []string{"reporters", "reporter-<name>-export", "export-environment", "export-globals", "export-collection", "export-cookie-jar", "log", "save",
		"json", "html", "junit", "csv", "metrics-listen", "out", "silent", "quiet", "only-failures", "slow", "verbose", "color", "disable-unicode", "load"}},
}
