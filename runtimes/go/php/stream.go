package php

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"syscall"
)

// Streams as PHP keeps them, after https://www.php.net/manual/en/book.stream.php and their observable behaviour: a place,
// a flag of the end that reading sets, and what was read ahead, in pieces of chunkSize.

const (
	chunkSize   = 8192
	mappedBytes = 1 << 20 // of a plain file that is handed on
	pageBytes   = 4096
)

// source is what a stream reads from and writes to. Errors are those of the system; errRefused says no more than that.
type source interface {
	read(p []byte) (int, error)
	write(p []byte) (int, error)
	seek(offset, whence int) (int, bool)
	truncate(size int) (done, possible bool)
	stat() (*syscall.Stat_t, bool)
	close()
}

type stream struct {
	back              source
	ahead             []byte // what was read and not taken
	place             int    // -1 where PHP does not know it
	ended             bool
	seekable          bool
	whole             bool // reads until it has all that is asked for
	direct            bool // reads nothing ahead but for lines
	uri, mode         string
	wrapper, typeName string
}

// fill reads ahead until there are size bytes or one more piece has been read; false where reading failed.
func (s *stream) fill(function string, size int) bool {
	return len(s.ahead) >= size || s.readPiece(function, chunkSize)
}

func (s *stream) readPiece(function string, size int) bool {
	piece := make([]byte, size)
	n, err := s.back.read(piece)
	if err != nil && err != io.EOF {
		code, ok := err.(syscall.Errno)
		if ok {
			s.complain(function, "Read", chunkSize, code)
		}
		s.ended = s.ended || code != syscall.EBADF
		return false
	}
	if n == 0 || err == io.EOF {
		s.ended = true
	}
	s.ahead = append(s.ahead, piece[:n]...)
	return true
}

func (s *stream) complain(function, what string, count int, code syscall.Errno) {
	Notice(function + "(): " + what + " of " + strconv.Itoa(count) + " bytes failed with errno=" + strconv.Itoa(int(code)) +
		" " + errorText(code))
}

// take is the first n bytes read ahead.
func (s *stream) take(n int) []byte {
	out := s.ahead[:n]
	s.ahead = s.ahead[n:]
	if len(s.ahead) == 0 {
		s.ahead = nil
	}
	s.place += n
	return out
}

// read gives up to n bytes; false where reading failed at once.
func (s *stream) read(function string, n int) ([]byte, bool) {
	var out []byte
	for {
		out = append(out, s.take(MinInt(n-len(out), len(s.ahead)))...)
		if len(out) == n {
			return out, true
		}
		size := chunkSize
		if s.direct {
			size = MinInt(n-len(out), mappedBytes)
		}
		if !s.readPiece(function, size) {
			return out, len(out) > 0
		}
		got := s.take(MinInt(n-len(out), len(s.ahead)))
		out = append(out, got...)
		if len(got) == 0 || len(out) == n || !s.whole {
			return out, true
		}
	}
}

// rest reads to the end, or most bytes where that is not negative.
func (s *stream) rest(function string, most int) []byte {
	var out []byte
	for most < 0 || len(out) < most && !s.atEnd() {
		n := chunkSize
		if most >= 0 {
			n = MinInt(n, most-len(out))
		}
		got, _ := s.read(function, n)
		if len(got) == 0 {
			break
		}
		out = append(out, got...)
	}
	return out
}

func (s *stream) atEnd() bool { return len(s.ahead) == 0 && s.ended }

// line reads to the end of a line, or most bytes where that is not negative; false where there is nothing more.
func (s *stream) line(function string, most int) (string, bool) {
	if most == 0 {
		return "", false
	}
	var out []byte
	for {
		if len(s.ahead) > 0 {
			n := bytes.IndexByte(s.ahead, '\n') + 1
			done := n > 0
			if !done {
				n = len(s.ahead)
			}
			if most >= 0 && len(out)+n >= most {
				n, done = most-len(out), true
			}
			out = append(out, s.take(n)...)
			if done {
				break
			}
			continue
		}
		if s.ended || !s.fill(function, 1) || len(s.ahead) == 0 {
			break
		}
	}
	return string(out), len(out) > 0
}

// write gives how many bytes were written; false where none could be.
func (s *stream) write(function, text string) (int, bool) {
	if s.seekable && len(s.ahead) > 0 {
		s.ahead = nil
		if at, ok := s.back.seek(s.place, SeekSet); ok {
			s.place = at
			s.ended = s.ended && !s.direct // memory knows better
		}
	}
	done := 0
	for done < len(text) {
		n, err := s.back.write([]byte(text[done:]))
		if code, ok := err.(syscall.Errno); ok {
			s.complain(function, "Write", len(text)-done, code)
		}
		if err != nil || n == 0 {
			return done, done > 0
		}
		s.place += n
		done += n
	}
	return done, true
}

// seek is fseek() without its result turned to PHP's -1.
func (s *stream) seek(function string, offset, whence int) bool {
	ahead := len(s.ahead)
	switch {
	case whence == SeekCur && offset > 0 && offset <= ahead:
		s.take(offset)
		s.ended = false
		return true
	case whence == SeekSet && offset > s.place && offset <= s.place+ahead && ahead > 0:
		s.take(offset - s.place)
		s.ended = false
		return true
	}
	if s.seekable {
		if whence == SeekCur {
			offset, whence = s.place+offset, SeekSet
		}
		at, ok := s.back.seek(offset, whence)
		if ok {
			s.ended = false
		}
		if ok || at != keepPlace {
			s.place = at
		}
		s.ahead = nil
		return ok
	}
	if whence == SeekCur && offset >= 0 {
		for offset > 0 {
			got, _ := s.read(function, MinInt(offset, 1024))
			if len(got) == 0 {
				return false
			}
			offset -= len(got)
		}
		s.ended = false
		return true
	}
	warnFunction(function, "Stream does not support seeking")
	return false
}

// send reads to the end, or most bytes where that is not negative, and hands pieces on until one is refused. What is left of
// a plain file from the beginning of a page PHP maps into memory, which leaves the end unnoticed.
func (s *stream) send(function string, most int, put func(piece []byte) bool) {
	size := chunkSize
	if f, ok := s.back.(*fileSource); ok && f.maps() && s.place%pageBytes == 0 {
		info, _ := f.stat()
		if left := int(info.Size) - s.place; left > 0 {
			size = mappedBytes
			if most < 0 || left < most {
				most = left
			}
		}
	}
	for most != 0 {
		n := size
		if most > 0 {
			n = MinInt(n, most)
			most -= n
		}
		piece, _ := s.read(function, n)
		if len(piece) == 0 || !put(piece) {
			return
		}
		if most > 0 {
			most += n - len(piece)
		}
	}
}

// openStream opens what a path names; nil, with warnings, where that fails.
func openStream(function, path, mode string) *stream {
	if !namesStream(path) {
		return openPlain(function, path, mode)
	}
	low := strings.ToLower(path)
	if !strings.HasPrefix(low, "php://") {
		stopStream(function, path+" is no plain file")
	}
	switch name := low[len("php://"):]; {
	case name == "memory":
		return openMemory(path, mode)
	case strings.HasPrefix(name, "temp"):
		return openTemporary(path, mode)
	case name == "output":
		return &stream{back: outputSource{}, uri: path, mode: "wb", wrapper: "PHP", typeName: "Output"}
	case name == "stdin" || name == "stdout" || name == "stderr":
		fd := map[string]int{"stdin": 0, "stdout": 1, "stderr": 2}[name]
		copied, err := syscall.Dup(fd)
		if err != nil {
			stopStream(function, path+" cannot be opened")
		}
		syscall.CloseOnExec(copied)
		return openStandard(copied, fd, mode, path)
	}
	stopStream(function, path+" is not part of this runtime")
	return nil
}

// openFlags are those of open(2) for a mode of fopen(); false where it is none.
func openFlags(mode string) (int, bool) {
	if mode == "" {
		return 0, false
	}
	flags, ok := map[byte]int{
		'r': 0, 'w': syscall.O_TRUNC | syscall.O_CREAT, 'a': syscall.O_CREAT | syscall.O_APPEND,
		'x': syscall.O_CREAT | syscall.O_EXCL, 'c': syscall.O_CREAT,
	}[mode[0]]
	switch {
	case strings.Contains(mode, "+"):
		flags |= syscall.O_RDWR
	case flags != 0:
		flags |= syscall.O_WRONLY
	}
	if strings.Contains(mode, "n") {
		flags |= syscall.O_NONBLOCK
	}
	return flags, ok
}

func openPlain(function, path, mode string) *stream {
	if len(path) > pathBytesMax {
		stopStream(function, "the path is too long")
	}
	flags, ok := openFlags(mode)
	if !ok {
		Warning(function + "(" + path + "): Failed to open stream: `" + mode + "' is not a valid mode for fopen")
		return nil
	}
	fd, ok := openDescriptor(function, path, flags)
	if !ok {
		return nil
	}
	s := fileStream(ownFile(fd, flags))
	s.uri, s.mode, s.wrapper, s.whole = path, mode, "plainfile", true
	return s
}

func fileStream(f *fileSource) *stream {
	s := &stream{back: f, typeName: "STDIO", place: -1}
	if info, ok := f.stat(); ok && info.Mode&syscall.S_IFMT != syscall.S_IFIFO && info.Mode&syscall.S_IFMT != syscall.S_IFCHR {
		if at, err := syscall.Seek(f.fd, 0, SeekCur); err == nil {
			s.place, s.seekable = int(at), true
		}
	}
	return s
}

// openStandard is standard input, output or error by its number, read and written by a descriptor.
func openStandard(fd, number int, mode, uri string) *stream {
	f := &fileSource{fd: fd, flags: syscall.O_RDWR, prints: number == 1, standard: true}
	if fd != number {
		f = ownFile(fd, syscall.O_RDWR)
		f.prints, f.standard = number == 1, true
	}
	s := fileStream(f)
	s.uri, s.mode, s.wrapper = uri, mode, "PHP"
	return s
}
