package php

import (
	"strconv"
	"strings"
	"syscall"
)

// The functions of streams, after https://www.php.net/manual/en/ref.filesystem.php and
// https://www.php.net/manual/en/ref.stream.php.

// OpenStream is fopen().
func OpenStream(path, mode string, usePath bool, context Value) Value {
	needStreamPath("fopen", path)
	needNoContext("fopen", 4, context)
	if usePath {
		stopStream("fopen", "the include path is not part of this runtime")
	}
	if path == "" {
		ThrowValueError("Path cannot be empty")
	}
	s := openStream("fopen", path, mode)
	if s == nil {
		return false
	}
	r := newResource(s)
	if s.typeName == "TEMP" {
		skipResource() // the memory within
	}
	return r
}

// CloseStream is fclose().
func CloseStream(stream Value) bool {
	r := needResource("fclose", 1, "stream", stream)
	if !r.closed() { // of a folder too
		r.close()
		return true
	}
	needStream("fclose", stream)
	return false
}

// StreamEnds is feof().
func StreamEnds(stream Value) bool { return needStream("feof", stream).atEnd() }

// StreamRead is fread().
func StreamRead(stream Value, length int) (string, bool) {
	s := needStream("fread", stream)
	if length <= 0 {
		badArgument("fread", 2, "length", "must be greater than 0")
	}
	got, ok := s.read("fread", length)
	return string(got), ok
}

// StreamWrite is fwrite().
func StreamWrite(stream Value, data string, length Value) (int, bool) {
	return writePart("fwrite", stream, data, length)
}

// StreamPut is fputs().
func StreamPut(stream Value, data string, length Value) (int, bool) {
	return writePart("fputs", stream, data, length)
}

func writePart(function string, stream Value, data string, length Value) (int, bool) {
	if length != nil {
		data = data[:MaxInt(MinInt(ToInt(length), len(data)), 0)]
	}
	if data == "" {
		needResource(function, 1, "stream", stream)
		return 0, true
	}
	return needStream(function, stream).write(function, data)
}

// StreamLine is fgets().
func StreamLine(stream, length Value) (string, bool) {
	s := needStream("fgets", stream)
	if length == nil {
		return s.line("fgets", -1)
	}
	n := ToInt(length)
	if n <= 0 {
		badArgument("fgets", 2, "length", "must be greater than 0")
	}
	return s.line("fgets", n-1)
}

// StreamByte is fgetc().
func StreamByte(stream Value) (string, bool) {
	got, _ := needStream("fgetc", stream).read("fgetc", 1)
	return string(got), len(got) == 1
}

// StreamFlush is fflush().
func StreamFlush(stream Value) bool {
	needStream("fflush", stream)
	return true
}

// StreamTell is ftell().
func StreamTell(stream Value) (int, bool) {
	s := needStream("ftell", stream)
	if f, ok := s.back.(*fileSource); ok && f.standard && s.seekable {
		stopStream("ftell", s.uri+" may have been moved by others")
	}
	return s.place, s.place != -1
}

// StreamSeek is fseek().
func StreamSeek(stream Value, offset, whence int) int {
	if needStream("fseek", stream).seek("fseek", offset, whence) {
		return 0
	}
	return -1
}

// StreamRewind is rewind().
func StreamRewind(stream Value) bool { return needStream("rewind", stream).seek("rewind", 0, SeekSet) }

// StreamTruncate is ftruncate().
func StreamTruncate(stream Value, size int) bool {
	if size < 0 {
		badArgument("ftruncate", 2, "size", "must be greater than or equal to 0")
	}
	done, possible := needStream("ftruncate", stream).back.truncate(size)
	if !possible {
		warnFunction("ftruncate", "Can't truncate this stream!")
	}
	return done
}

// StreamStat is fstat().
func StreamStat(stream Value) (*Array, bool) {
	info, ok := needStream("fstat", stream).back.stat()
	if !ok {
		return nil, false
	}
	names := []string{"dev", "ino", "mode", "nlink", "uid", "gid", "rdev", "size", "atime", "mtime", "ctime", "blksize", "blocks"}
	values := []int{int(info.Dev), int(info.Ino), int(info.Mode), int(info.Nlink), int(info.Uid), int(info.Gid), int(info.Rdev),
		int(info.Size), int(info.Atim.Sec), int(info.Mtim.Sec), int(info.Ctim.Sec), int(info.Blksize), int(info.Blocks)}
	out := List()
	for _, v := range values {
		out.Append(v)
	}
	for i, v := range values {
		out.SetStr(names[i], v)
	}
	return out, true
}

// StreamLock is flock().
func StreamLock(stream Value, operation int, wouldBlock *int) bool {
	s := needStream("flock", stream)
	how := operation & LockUn
	if how == 0 {
		badArgument("flock", 2, "operation", "must be one of LOCK_SH, LOCK_EX, or LOCK_UN")
	}
	if wouldBlock != nil {
		*wouldBlock = 0
	}
	f, ok := descriptorOf(s)
	if !ok {
		return false
	}
	flags := []int{syscall.LOCK_SH, syscall.LOCK_EX, syscall.LOCK_UN}[how-1]
	if operation&LockNb != 0 {
		flags |= syscall.LOCK_NB
	}
	err := syscall.Flock(f.fd, flags)
	if err == syscall.EWOULDBLOCK && wouldBlock != nil {
		*wouldBlock = 1
	}
	return err == nil
}

func descriptorOf(s *stream) (*fileSource, bool) {
	back := s.back
	if t, ok := back.(*temporarySource); ok {
		back = t.source
	}
	f, ok := back.(*fileSource)
	return f, ok
}

// print echoes what is left, and gives its length.
func (s *stream) print(function string) int {
	sent := 0
	s.send(function, -1, func(piece []byte) bool {
		Echo(string(piece))
		sent += len(piece)
		return true
	})
	return sent
}

// StreamPass is fpassthru().
func StreamPass(stream Value) int {
	return needStream("fpassthru", stream).print("fpassthru")
}

// ReadFile is readfile().
func ReadFile(path string, usePath bool, context Value) (int, bool) {
	needStreamPath("readfile", path)
	needNoContext("readfile", 3, context)
	if usePath {
		stopStream("readfile", "the include path is not part of this runtime")
	}
	s := openCounted("readfile", path, "rb")
	if s == nil {
		return 0, false
	}
	defer s.back.close()
	return s.print("readfile"), true
}

// StreamGetContents is stream_get_contents().
func StreamGetContents(stream, length Value, offset int) (string, bool) {
	const name = "stream_get_contents"
	most := -1
	if length != nil {
		if most = ToInt(length); most < -1 {
			badArgument(name, 2, "length", "must be greater than or equal to -1")
		}
	}
	s := needStream(name, stream)
	if offset >= 0 && offset != s.place {
		done := false
		if s.place >= 0 && offset > s.place {
			done = s.seek(name, offset-s.place, SeekCur)
		} else {
			done = s.seek(name, offset, SeekSet)
		}
		if !done {
			warnFunction(name, "Failed to seek to position ", strconv.Itoa(offset), " in the stream")
			return "", false
		}
	}
	return string(s.rest(name, most)), true
}

// StreamGetLine is stream_get_line().
func StreamGetLine(stream Value, length int, ending string) (string, bool) {
	const name = "stream_get_line"
	if length < 0 {
		badArgument(name, 2, "length", "must be greater than or equal to 0")
	}
	if length == 0 {
		length = chunkSize
	}
	s := needStream(name, stream)
	find := func() int {
		if ending == "" {
			return -1
		}
		return strings.Index(string(s.ahead[:MinInt(len(s.ahead), length)]), ending)
	}
	at := find()
	for at < 0 && len(s.ahead) < length {
		before := len(s.ahead)
		s.fill(name, MinInt(length, before+chunkSize))
		if len(s.ahead) == before {
			break
		}
		at = find()
	}
	switch {
	case at >= 0:
		line := string(s.take(at))
		s.take(len(ending))
		return line, true
	case len(s.ahead) < length && (!s.ended || len(s.ahead) == 0):
		return "", false
	}
	return string(s.take(MinInt(len(s.ahead), length))), true
}

// StreamCopy is stream_copy_to_stream().
func StreamCopy(from, to, length Value, offset int) (int, bool) {
	const name = "stream_copy_to_stream"
	source, target := needStreamAt(name, 1, "from", from), needStreamAt(name, 2, "to", to)
	if offset > 0 && !source.seek(name, offset, SeekSet) {
		warnFunction(name, "Failed to seek to position ", strconv.Itoa(offset), " in the stream")
		return 0, false
	}
	most := -1
	if length != nil {
		most = ToInt(length)
	}
	if most == 0 {
		return 0, true
	}
	sent, ok := 0, true
	source.send(name, most, func(piece []byte) bool {
		n, done := target.write(name, string(piece))
		sent += n
		ok = done && n == len(piece)
		return ok
	})
	return sent, ok && (sent > 0 || source.ended)
}

// StreamMetaData is stream_get_meta_data().
func StreamMetaData(stream Value) *Array {
	s := needStream("stream_get_meta_data", stream)
	out := NewArray()
	if s.typeName != "TEMP" {
		out.SetStr("timed_out", false)
		out.SetStr("blocked", true)
		out.SetStr("eof", s.atEnd())
	}
	if s.wrapper != "" {
		out.SetStr("wrapper_type", s.wrapper)
	}
	out.SetStr("stream_type", s.typeName)
	out.SetStr("mode", s.mode)
	out.SetStr("unread_bytes", len(s.ahead))
	out.SetStr("seekable", s.seekable)
	if s.uri != "" {
		out.SetStr("uri", s.uri)
	}
	return out
}

// TemporaryStream is tmpfile().
func TemporaryStream() Value {
	s := fileStream(ownFile(temporaryDescriptor("tmpfile"), syscall.O_RDWR))
	s.mode, s.wrapper, s.whole = "r+b", "plainfile", true
	return newResource(s)
}

// needSign is the byte of a separator or an enclosure.
func needSign(function string, n int, name, sign string) {
	if len(sign) != 1 {
		badArgument(function, n, name, "must be a single character")
	}
}

func needEscape(function, escape string) {
	if len(escape) > 1 {
		badArgument(function, 5, "escape", "must be empty or a single character")
	}
}

// StreamPutCsv is fputcsv().
func StreamPutCsv(stream Value, fields *Array, separator, enclosure, escape, end string) (int, bool) {
	const name = "fputcsv"
	needSign(name, 3, "separator", separator)
	needSign(name, 4, "enclosure", enclosure)
	needEscape(name, escape)
	s := needStream(name, stream)
	var parts []string
	fields.Each(func(_ Key, v Value) bool {
		parts = append(parts, csvText(ToString(v), separator, enclosure, escape))
		return true
	})
	return s.write(name, strings.Join(parts, separator)+end)
}

// csvText is a field as it is written: within enclosures where it has to be.
func csvText(field, separator, enclosure, escape string) string {
	if !strings.ContainsAny(field, "\n\r\t ") && !strings.Contains(field, separator) && !strings.Contains(field, enclosure) &&
		(escape == "" || !strings.Contains(field, escape)) {
		return field
	}
	out := []byte(enclosure)
	escaped := false
	for i := 0; i < len(field); i++ {
		c := field[i]
		switch {
		case escape != "" && c == escape[0]:
			escaped = true
		case !escaped && c == enclosure[0]:
			out = append(out, c)
		default:
			escaped = false
		}
		out = append(out, c)
	}
	return string(append(out, enclosure...))
}

// StreamGetCsv is fgetcsv().
func StreamGetCsv(stream, length Value, separator, enclosure, escape string) (*Array, bool) {
	const name = "fgetcsv"
	needSign(name, 3, "separator", separator)
	needSign(name, 4, "enclosure", enclosure)
	needEscape(name, escape)
	most := -1
	if length != nil {
		n := ToInt(length)
		if n < 0 || n == maxInt {
			badArgument(name, 2, "length", "must be between 0 and 9223372036854775806")
		}
		if n > 0 {
			most = n
		}
	}
	s := needStream(name, stream)
	line, ok := s.line(name, most)
	if !ok {
		return nil, false
	}
	for csvGoesOn(line, separator[0], enclosure[0], escape) {
		more, ok := s.line(name, -1)
		if !ok {
			break
		}
		line += more
	}
	return StrGetcsv(line, separator, enclosure, escape), true
}

// StreamPrintf is fprintf().
func StreamPrintf(stream Value, format string, values ...Value) int {
	s := needStream("fprintf", stream)
	text := formatWith("fprintf", format, values, -1)
	s.write("fprintf", text)
	return len(text)
}

// StreamVprintf is vfprintf().
func StreamVprintf(stream Value, format string, values *Array) int {
	s := needStream("vfprintf", stream)
	text := formatWith("vfprintf", format, values.Values(), values.Len())
	s.write("vfprintf", text)
	return len(text)
}

// StreamScan is fscanf(), as Sscanf is sscanf().
func StreamScan(stream, format Value, places ...*Value) Value {
	s := needStream("fscanf", stream)
	shape := ParamString(format, "fscanf(): Argument #2 ($format)")
	line, ok := s.line("fscanf", -1)
	if !ok {
		return false
	}
	return scanned(line, shape, places)
}
