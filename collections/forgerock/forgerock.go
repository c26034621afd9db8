// Package forgerock holds the bundled Session Management collection for
// ForgeRock / PingOne Advanced Identity Cloud, and its environments.
package forgerock

import _ "embed"

//go:embed session-management.postman_collection.json
var collection string

//go:embed simulated.postman_environment.json
var simulated string

//go:embed tenant.postman_environment.json
var tenant string

// Collection is the Session Management collection: log in, then look at,
// refresh, validate and end the session, in eight steps.
func Collection() []byte { return []byte(collection) }

// Simulated is the environment for the simulated tenant of runner/mock.
func Simulated() []byte { return []byte(simulated) }

// Tenant is an environment for a real tenant, to be filled in.
func Tenant() []byte { return []byte(tenant) }
