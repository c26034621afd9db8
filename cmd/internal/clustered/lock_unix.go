//go:build unix

package clustered

import (
	"os"
	"path/filepath"
	"syscall"
)

// LockStore locks a hub's store until this process ends or release is called.
// Two hubs on one store would destroy it.
func LockStore(dir string) (release func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, errInUse
	}
	return func() { _ = f.Close() }, nil
}
