package php

import (
	"bytes"
	"encoding/binary"
	"syscall"
)

// Opened folders, after https://www.php.net/manual/en/ref.dir.php.

// folderSource gives names in the order of the system.
type folderSource struct {
	*fileSource
	names []string
	ended bool
}

// next is the name that comes; false at the end.
func (f *folderSource) next() (string, bool) {
	for len(f.names) == 0 && !f.ended {
		piece := make([]byte, 16<<10)
		n, err := syscall.ReadDirent(f.fd, piece)
		if err != nil || n <= 0 {
			f.ended = true
			break
		}
		const nameAt = 19 // after the number, the offset, the length and the type
		for piece = piece[:n]; len(piece) > nameAt; {
			length := int(binary.LittleEndian.Uint16(piece[16:]))
			name := piece[nameAt:length]
			f.names = append(f.names, string(name[:bytes.IndexByte(name, 0)]))
			piece = piece[length:]
		}
	}
	if len(f.names) == 0 {
		return "", false
	}
	name := f.names[0]
	f.names = f.names[1:]
	return name, true
}

func (f *folderSource) rewind() {
	syscall.Seek(f.fd, 0, SeekSet)
	f.names, f.ended = nil, false
}

// OpenFolder is opendir().
func OpenFolder(path string, context Value) Value {
	needPath("opendir", 1, "directory", path)
	needNoContext("opendir", 2, context)
	if path == "" {
		return false
	}
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
	if err != nil {
		Warning("opendir(" + path + "): Failed to open directory: " + errorText(err))
		return false
	}
	folder := &folderSource{fileSource: ownFile(fd, syscall.O_RDONLY)}
	r := newResource(&stream{back: folder})
	resources.folder = r
	return r
}

// needFolder is the folder that a function is given, or the one opened last.
func needFolder(function string, v Value) (*Resource, *folderSource) {
	r, ok := Deref(v).(*Resource)
	if v != nil && !ok {
		ThrowTypeError(argument(function, 1, "dir_handle") + " must be of type resource or null, " + TypeName(v) + " given")
	}
	if !ok {
		if r = resources.folder; r == nil || r.closed() {
			ThrowTypeError("No resource supplied")
		}
	}
	if r.closed() {
		ThrowTypeError(function + "(): supplied resource is not a valid Directory resource")
	}
	folder, ok := r.stream.back.(*folderSource)
	if !ok {
		ThrowTypeError(argument(function, 1, "dir_handle") + " must be a valid Directory resource")
	}
	return r, folder
}

// ReadFolder is readdir().
func ReadFolder(handle Value) (string, bool) {
	_, folder := needFolder("readdir", handle)
	return folder.next()
}

// RewindFolder is rewinddir().
func RewindFolder(handle Value) {
	_, folder := needFolder("rewinddir", handle)
	folder.rewind()
}

// CloseFolder is closedir().
func CloseFolder(handle Value) {
	r, _ := needFolder("closedir", handle)
	r.close()
}
