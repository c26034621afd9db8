package clustered

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// LockStore locks a hub's store until this process ends or release is called.
// Two hubs on one store would destroy it.
func LockStore(dir string) (release func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	name, err := windows.UTF16PtrFromString(filepath.Join(dir, lockName))
	if err != nil {
		return nil, err
	}
	h, err := windows.CreateFile(name, windows.GENERIC_WRITE, 0, nil, windows.OPEN_ALWAYS, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return nil, errInUse
	}
	return func() { _ = windows.CloseHandle(h) }, nil
}
