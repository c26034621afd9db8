package clustered

import "errors"

// lockName is the file in a hub's store that its process locks.
const lockName = "postie.lock"

var errInUse = errors.New("another hub has this store")
