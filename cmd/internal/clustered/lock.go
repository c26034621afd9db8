package clustered

import "errors"

// lockName is a file in a hub's store that the process has locked.
const lockName = "postie.lock"

var errInUse = errors.New("another hub has this store")
