package php

import (
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"syscall"
)

// What streams read from and write to: descriptors, memory, and the output.

var errRefused = errors.New("refused")

// keepPlace is what a failed seek says of a place that stays as it is.
const keepPlace = -2

// fileSource is a descriptor.
type fileSource struct {
	fd, flags int
	prints    bool // standard output, which has to keep its order with echo
	standard  bool
}

// ownFile closes its descriptor when nobody holds it, as PHP does.
func ownFile(fd, flags int) *fileSource {
	f := &fileSource{fd: fd, flags: flags}
	runtime.SetFinalizer(f, func(f *fileSource) { syscall.Close(f.fd) })
	return f
}

// maps says whether PHP would map the file into memory.
func (f *fileSource) maps() bool {
	info, ok := f.stat()
	return ok && !f.standard && info.Mode&syscall.S_IFMT == syscall.S_IFREG && f.flags&syscall.O_ACCMODE != syscall.O_WRONLY
}

func (f *fileSource) read(p []byte) (int, error) {
	for {
		n, err := syscall.Read(f.fd, p)
		runtime.KeepAlive(f)
		if err != syscall.EINTR {
			return n, err
		}
	}
}

func (f *fileSource) write(p []byte) (int, error) {
	if f.prints {
		FlushOutput()
	}
	for {
		n, err := syscall.Write(f.fd, p)
		runtime.KeepAlive(f)
		if err != syscall.EINTR {
			return n, err
		}
	}
}

func (f *fileSource) seek(offset, whence int) (int, bool) {
	at, err := syscall.Seek(f.fd, int64(offset), whence)
	if err != nil {
		return keepPlace, false
	}
	return int(at), true
}

func (f *fileSource) truncate(size int) (done, possible bool) {
	return syscall.Ftruncate(f.fd, int64(size)) == nil, true
}

func (f *fileSource) stat() (*syscall.Stat_t, bool) {
	info := &syscall.Stat_t{}
	return info, syscall.Fstat(f.fd, info) == nil
}

func (f *fileSource) close() {
	if f.prints && f.fd == 1 {
		stopStream("fclose", "standard output is needed to the end")
	}
	runtime.SetFinalizer(f, nil)
	syscall.Close(f.fd)
}

// memorySource is php://memory.
type memorySource struct {
	data            []byte
	at              int
	fixed, atTheEnd bool // only read; always written at the end
}

func (m *memorySource) read(p []byte) (int, error) {
	n := copy(p, m.data[MinInt(m.at, len(m.data)):])
	m.at += n
	return n, nil
}

func (m *memorySource) write(p []byte) (int, error) {
	if m.fixed {
		return 0, errRefused
	}
	if m.atTheEnd {
		m.at = len(m.data)
	}
	n := copy(m.data[m.at:], p)
	m.data = append(m.data, p[n:]...)
	m.at += len(p)
	return len(p), nil
}

func (m *memorySource) seek(offset, whence int) (int, bool) {
	switch {
	case whence == SeekSet && offset >= 0 && offset <= len(m.data):
		m.at = offset
	case whence == SeekEnd && offset <= 0 && -offset <= len(m.data):
		m.at = len(m.data) + offset
	case whence == SeekEnd && offset < 0:
		m.at = 0
		return -1, false
	case whence == SeekSet || whence == SeekEnd:
		m.at = len(m.data)
		return -1, false
	default:
		return m.at, false
	}
	return m.at, true
}

func (m *memorySource) truncate(size int) (done, possible bool) {
	if m.fixed {
		return false, true
	}
	if size <= len(m.data) {
		m.data = m.data[:size]
		m.at = MinInt(m.at, size)
	} else {
		m.data = append(m.data, make([]byte, size-len(m.data))...)
	}
	return true, true
}

func (m *memorySource) stat() (*syscall.Stat_t, bool) {
	mode := uint32(syscall.S_IFREG | 0666)
	if m.fixed {
		mode = syscall.S_IFREG | 0444
	}
	return &syscall.Stat_t{Dev: 12, Mode: mode, Nlink: 1, Rdev: 1<<64 - 1, Size: int64(len(m.data)), Blksize: -1, Blocks: -1}, true
}

func (m *memorySource) close() {}

func memoryOf(mode string) (*memorySource, string) {
	switch {
	case strings.Contains(mode, "a"):
		return &memorySource{atTheEnd: true}, "a+b"
	case !strings.ContainsAny(mode, "+w"):
		return &memorySource{fixed: true}, "rb"
	}
	return &memorySource{}, "w+b"
}

func openMemory(path, mode string) *stream {
	memory, shown := memoryOf(mode)
	return &stream{back: memory, seekable: true, whole: true, direct: true, uri: path, mode: shown, wrapper: "PHP", typeName: "MEMORY"}
}

// temporarySource is php://temp: memory, and a file when it becomes too long.
type temporarySource struct {
	source
	most int
}

func (t *temporarySource) write(p []byte) (int, error) {
	m, ok := t.source.(*memorySource)
	if ok && !m.fixed && len(m.data)+len(p) >= t.most {
		f := ownFile(temporaryDescriptor("fwrite"), syscall.O_RDWR)
		for rest := m.data; len(rest) > 0; {
			n, err := f.write(rest)
			if err != nil {
				return 0, err
			}
			rest = rest[n:]
		}
		f.seek(m.at, SeekSet)
		t.source = f
	}
	return t.source.write(p)
}

// read gives io.EOF with what is less than p.
func (t *temporarySource) read(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		n, err := t.source.read(p[done:])
		if err != nil {
			return done, err
		}
		if n == 0 {
			return done, io.EOF
		}
		done += n
	}
	return done, nil
}

// temporaryDescriptor is that of a new file without a name.
func temporaryDescriptor(function string) int {
	file, err := os.CreateTemp(TemporaryFolder(), "php")
	if err != nil {
		stopStream(function, "no temporary file can be made")
	}
	defer file.Close()
	defer os.Remove(file.Name())
	fd, err := syscall.Dup(int(file.Fd()))
	if err != nil {
		stopStream(function, "no temporary file can be made")
	}
	syscall.SetNonblock(fd, false)
	syscall.CloseOnExec(fd)
	return fd
}

func openTemporary(path, mode string) *stream {
	const option = "php://temp/maxmemory:"
	most := 2 << 20
	if len(path) > len(option) && strings.EqualFold(path[:len(option)], option) {
		if most = StringToInt(path[len(option):]); most < 0 {
			ThrowValueError("Max memory must be greater than or equal to 0")
		}
	}
	s := openMemory(path, mode)
	s.back, s.typeName = &temporarySource{source: s.back, most: most}, "TEMP"
	return s
}

// outputSource is php://output.
type outputSource struct{}

func (outputSource) read([]byte) (int, error) { return 0, errRefused }
func (outputSource) write(p []byte) (int, error) {
	Echo(string(p))
	return len(p), nil
}
func (outputSource) seek(int, int) (int, bool)          { return keepPlace, false }
func (outputSource) truncate(int) (done, possible bool) { return false, false }
func (outputSource) stat() (*syscall.Stat_t, bool)      { return nil, false }
func (outputSource) close()                             {}
