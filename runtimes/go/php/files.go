package php

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
)

// Functions of whole files and of what a folder has, after https://www.php.net/manual/en/ref.filesystem.php. A path that
// names a stream, and what a file system says no more of than PHP, ends the program.

// statCache is what the system said of the last path that was asked for. As in PHP, writing leaves it as it was.
var statCache struct {
	path string // "" for none
	info os.FileInfo
}

// namesStream says whether a path begins with a scheme.
func namesStream(path string) bool {
	n := 0
	for n < len(path) && (isAlnum(path[n]) || strings.IndexByte("+-.", path[n]) >= 0) {
		n++
	}
	return n > 1 && strings.HasPrefix(path[n:], "://") || strings.HasPrefix(path, "data:")
}

const pathBytesMax = 2000

func stopStream(function, why string) { Stop("stream", function+"(): "+why) }

func needNoZero(function string, n int, name, path string) {
	if strings.IndexByte(path, 0) >= 0 {
		badArgument(function, n, name, "must not contain any null bytes")
	}
}

// needStreamPath is for the first argument, a path that may be one of a stream.
func needStreamPath(function, path string) { needNoZero(function, 1, "filename", path) }

// needPath is for the argument n, a path that shall be one of a file.
func needPath(function string, n int, name, path string) {
	needNoZero(function, n, name, path)
	if namesStream(path) {
		stopStream(function, path+" is no plain file")
	}
	if len(path) > pathBytesMax {
		stopStream(function, "the path is too long")
	}
}

// needNoContext is for the argument n: there are no contexts but PHP's own.
func needNoContext(function string, n int, context Value) {
	if _, ok := Deref(context).(*Resource); ok {
		ThrowTypeError(function + "(): supplied resource is not a valid Stream-Context resource")
	}
	if context != nil {
		ThrowTypeError(argument(function, n, "context") + " must be of type resource or null, " + TypeName(context) + " given")
	}
	useContext()
}

// errorText is strerror().
func errorText(err error) string {
	var code syscall.Errno
	errors.As(err, &code)
	text := code.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}

// failed warns where there is an error.
func failed(function, arguments string, err error) bool {
	if err != nil {
		Warning(function + "(" + arguments + "): " + errorText(err))
	}
	return err != nil
}

// openDescriptor is false, with a warning, where the file cannot be opened.
func openDescriptor(function, path string, flags int) (int, bool) {
	if path == "" {
		ThrowValueError("Path cannot be empty")
	}
	fd, err := syscall.Open(path, flags|syscall.O_CLOEXEC, 0666)
	if err == nil {
		return fd, true
	}
	if strings.Contains("/"+path+"/", "/../") || strings.HasSuffix(path, "/") && errors.Is(err, syscall.EISDIR) {
		stopStream(function, path+" cannot be opened")
	}
	if errors.Is(err, syscall.ENOTDIR) {
		err = syscall.ENOENT
	}
	Warning(function + "(" + path + "): Failed to open stream: " + errorText(err))
	return 0, false
}

// openFile is nil, with a warning, where the file cannot be opened. It counts as a resource of PHP's.
func openFile(function, path string, flags int) *os.File {
	fd, ok := openDescriptor(function, path, flags)
	if !ok {
		return nil
	}
	skipResource()
	return os.NewFile(uintptr(fd), path)
}

// openCounted opens a stream for the time of a call; nil, with warnings, where that fails.
func openCounted(function, path, mode string) *stream {
	if path == "" {
		ThrowValueError("Path cannot be empty")
	}
	s := openStream(function, path, mode)
	if s == nil {
		return nil
	}
	skipResource()
	if s.typeName == "TEMP" {
		skipResource()
	}
	return s
}

// readFile is the whole of a file or stream; false, with a warning, where it cannot be opened.
func readFile(function, path string) ([]byte, bool) {
	if namesStream(path) {
		s := openCounted(function, path, "rb")
		if s == nil {
			return nil, false
		}
		defer s.back.close()
		return s.rest(function, -1), true
	}
	file := openFile(function, path, os.O_RDONLY)
	if file == nil {
		return nil, false
	}
	defer file.Close()
	all, err := io.ReadAll(file)
	if err != nil {
		stopStream(function, path+" cannot be read")
	}
	return all, true
}

// FileGetContents is file_get_contents().
func FileGetContents(path string, usePath bool, context Value, offset int, length Value) (string, bool) {
	const name = "file_get_contents"
	needStreamPath(name, path)
	needNoContext(name, 3, context)
	if length != nil && ToInt(length) < 0 {
		badArgument(name, 5, "length", "must be greater than or equal to 0")
	}
	if usePath {
		stopStream(name, "the include path is not part of this runtime")
	}
	if namesStream(path) && offset != 0 {
		stopStream(name, "an offset in "+path)
	}
	all, ok := readFile(name, path)
	if !ok {
		return "", false
	}
	if offset < 0 {
		if offset += len(all); offset < 0 {
			warnFunction(name, "Failed to seek to position ", strconv.Itoa(offset-len(all)), " in the stream")
			return "", false
		}
	}
	all = all[MinInt(offset, len(all)):]
	if length != nil {
		all = all[:MinInt(ToInt(length), len(all))]
	}
	return string(all), true
}

// FileLines is file().
func FileLines(path string, flags int, context Value) (*Array, bool) {
	needStreamPath("file", path)
	needNoContext("file", 3, context)
	if flags < 0 || flags > FileUseIncludePath|FileIgnoreNewLines|FileSkipEmptyLines|FileNoDefaultContext {
		badArgument("file", 2, "flags", "must be a valid flag value")
	}
	if flags&FileUseIncludePath != 0 {
		stopStream("file", "the include path is not part of this runtime")
	}
	all, ok := readFile("file", path)
	if !ok {
		return nil, false
	}
	lines := NewArray()
	for len(all) > 0 {
		end := bytes.IndexByte(all, '\n') + 1
		if end == 0 {
			end = len(all)
		}
		line := string(all[:end])
		all = all[end:]
		if flags&FileIgnoreNewLines != 0 {
			if strings.HasSuffix(line, "\n") {
				line = strings.TrimSuffix(line[:len(line)-1], "\r")
			}
			if line == "" && flags&FileSkipEmptyLines != 0 {
				continue
			}
		}
		lines.Append(line)
	}
	return lines, true
}

// FilePutContents is file_put_contents().
func FilePutContents(path string, data Value, flags int, context Value) (int, bool) {
	const name = "file_put_contents"
	needStreamPath(name, path)
	needNoContext(name, 4, context)
	how := os.O_WRONLY | os.O_CREATE
	switch {
	case flags&FileUseIncludePath != 0:
		stopStream(name, "the include path is not part of this runtime")
	case flags&FileAppend != 0:
		how |= os.O_APPEND
	case flags&LockEx == 0:
		how |= os.O_TRUNC
	}
	if namesStream(path) {
		return putIntoStream(path, data, flags)
	}
	file := openFile(name, path, how)
	if file == nil {
		return 0, false
	}
	defer file.Close()
	if flags&LockEx != 0 {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		if err == nil && flags&FileAppend == 0 { // only who has the lock may empty the file
			err = file.Truncate(0)
		}
		if err != nil {
			stopStream(name, path+" cannot be locked")
		}
	}
	if from, ok := Deref(data).(*Resource); ok {
		return putStream(from, file)
	}
	text, ok := fileText(data)
	if _, err := file.WriteString(text); err != nil {
		stopStream(name, path+" cannot be written")
	}
	return len(text), ok
}

// putStream writes what is left of a stream.
func putStream(from *Resource, file *os.File) (int, bool) {
	const name = "file_put_contents"
	sent := 0
	needStream(name, from).send(name, -1, func(piece []byte) bool {
		if _, err := file.Write(piece); err != nil {
			stopStream(name, file.Name()+" cannot be written")
		}
		sent += len(piece)
		return true
	})
	return sent, true
}

// putIntoStream is file_put_contents() of what is no plain file.
func putIntoStream(path string, data Value, flags int) (int, bool) {
	const name = "file_put_contents"
	if _, ok := Deref(data).(*Resource); ok || flags&LockEx != 0 {
		stopStream(name, path+" is no plain file")
	}
	mode := "wb"
	if flags&FileAppend != 0 {
		mode = "ab"
	}
	s := openCounted(name, path, mode)
	if s == nil {
		return 0, false
	}
	defer s.back.close()
	text, ok := fileText(data)
	n, done := s.write(name, text)
	return n, ok && done
}

// fileText is what is written of a value; false for an object without a text.
func fileText(data Value) (string, bool) {
	switch data := Deref(data).(type) {
	case Object:
		return objectString(data)
	case *Array:
		var out strings.Builder
		data.Each(func(_ Key, v Value) bool {
			out.WriteString(ToString(v))
			return true
		})
		return out.String(), true
	default:
		return ToString(data), true
	}
}

func forgetStat(done bool) bool {
	if done {
		statCache.path = ""
	}
	return done
}

// UnlinkFile is unlink().
func UnlinkFile(path string, context Value) bool {
	needPath("unlink", 1, "filename", path)
	needNoContext("unlink", 2, context)
	return forgetStat(!failed("unlink", path, syscall.Unlink(path)))
}

// RemoveFolder is rmdir().
func RemoveFolder(path string, context Value) bool {
	needPath("rmdir", 1, "directory", path)
	needNoContext("rmdir", 2, context)
	return forgetStat(!failed("rmdir", path, syscall.Rmdir(path)))
}

// RenameFile is rename().
func RenameFile(from, to string, context Value) bool {
	needPath("rename", 1, "from", from)
	needPath("rename", 2, "to", to)
	needNoContext("rename", 3, context)
	err := syscall.Rename(from, to)
	if err == syscall.EXDEV {
		stopStream("rename", to+" is in another file system")
	}
	return forgetStat(!failed("rename", from+","+to, err))
}

// MakeFolder is mkdir().
func MakeFolder(path string, mode int, recursive bool, context Value) bool {
	needPath("mkdir", 1, "directory", path)
	needNoContext("mkdir", 4, context)
	if !recursive {
		return !failed("mkdir", "", syscall.Mkdir(path, uint32(mode)))
	}
	if path == "" {
		warnFunction("mkdir", "Invalid path")
		return false
	}
	whole, err := filepath.Abs(path)
	if err != nil {
		stopStream("mkdir", err.Error())
	}
	for end := 1; end < len(whole); end++ {
		if _, err := os.Stat(whole[:end]); whole[end] == '/' && err != nil {
			if failed("mkdir", "", syscall.Mkdir(whole[:end], uint32(mode))) {
				return false
			}
		}
	}
	return !failed("mkdir", "", syscall.Mkdir(whole, uint32(mode)))
}

// CopyFile is copy().
func CopyFile(from, to string, context Value) bool {
	needPath("copy", 1, "from", from)
	needPath("copy", 2, "to", to)
	needNoContext("copy", 3, context)
	source, err := os.Stat(from)
	if err == nil && source.IsDir() {
		warnFunction("copy", "The first argument to copy() function cannot be a directory")
		return false
	}
	if target, missing := os.Stat(to); err == nil && missing == nil {
		if target.IsDir() {
			warnFunction("copy", "The second argument to copy() function cannot be a directory")
			return false
		}
		if os.SameFile(source, target) {
			return false
		}
	}
	in := openFile("copy", from, os.O_RDONLY)
	if in == nil {
		return false
	}
	defer in.Close()
	out := openFile("copy", to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if out == nil {
		return false
	}
	defer out.Close()
	if _, err := io.Copy(out, in); err != nil {
		stopStream("copy", from+" cannot be copied")
	}
	return true
}

// ScandirNames is scandir().
func ScandirNames(path string, order int, context Value) (*Array, bool) {
	needPath("scandir", 1, "directory", path)
	needNoContext("scandir", 3, context)
	if path == "" {
		badArgument("scandir", 1, "directory", "cannot be empty")
	}
	if order == 2 {
		stopStream("scandir", "SCANDIR_SORT_NONE is not part of this runtime")
	}
	names, err := folderNames(path)
	if err != nil {
		Warning("scandir(" + path + "): Failed to open directory: " + errorText(err))
		var code syscall.Errno
		errors.As(err, &code)
		warnFunction("scandir", "(errno ", strconv.Itoa(int(code)), "): ", errorText(err))
		return nil, false
	}
	names = append(names, ".", "..")
	sort.Strings(names)
	out := NewArray()
	for i := range names {
		if order != 0 {
			i = len(names) - 1 - i
		}
		out.Append(names[i])
	}
	return out, true
}

func folderNames(path string) ([]string, error) {
	folder, err := os.OpenFile(path, syscall.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	skipResource()
	return folder.Readdirnames(-1)
}

// hasFile says of a path what PHP asks with one of its is_ functions, and false where it cannot be one of a file.
func hasFile(function, path string, ask func() bool) bool {
	if path == "" || strings.IndexByte(path, 0) >= 0 {
		return false
	}
	low := strings.ToLower(path)
	if strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "https://") {
		return false
	}
	needPath(function, 1, "filename", path)
	return ask()
}

// statOf is nil where the system says nothing of a path.
func statOf(path string) os.FileInfo {
	if path != statCache.path {
		info, err := os.Stat(path)
		if err != nil {
			return nil
		}
		statCache.path, statCache.info = path, info
	}
	return statCache.info
}

// ClearStatCache is clearstatcache().
func ClearStatCache(bool, string) { statCache.path = "" }

// FileExists is file_exists().
func FileExists(path string) bool {
	return hasFile("file_exists", path, func() bool { return syscall.Access(path, 0) == nil })
}

// IsReadable is is_readable().
func IsReadable(path string) bool {
	return hasFile("is_readable", path, func() bool { return syscall.Access(path, 4) == nil })
}

// IsWritable is is_writable().
func IsWritable(path string) bool {
	return hasFile("is_writable", path, func() bool { return syscall.Access(path, 2) == nil })
}

// IsFile is is_file().
func IsFile(path string) bool {
	return hasFile("is_file", path, func() bool { info := statOf(path); return info != nil && info.Mode().IsRegular() })
}

// IsDir is is_dir().
func IsDir(path string) bool {
	return hasFile("is_dir", path, func() bool { info := statOf(path); return info != nil && info.IsDir() })
}

// fileInfo is nil, with a warning, where there is no such file.
func fileInfo(function, path string) os.FileInfo {
	if path == "" {
		return nil
	}
	if strings.IndexByte(path, 0) >= 0 {
		warnFunction(function, "Filename contains null byte")
		return nil
	}
	needPath(function, 1, "filename", path)
	info := statOf(path)
	if info == nil {
		warnFunction(function, "stat failed for ", path)
	}
	return info
}

// FileSize is filesize().
func FileSize(path string) (int, bool) {
	info := fileInfo("filesize", path)
	if info == nil {
		return 0, false
	}
	return int(info.Size()), true
}

// FileTime is filemtime().
func FileTime(path string) (int, bool) {
	info := fileInfo("filemtime", path)
	if info == nil {
		return 0, false
	}
	return int(info.ModTime().Unix()), true
}

// RealPath is realpath().
func RealPath(path string) (string, bool) {
	if strings.IndexByte(path, 0) >= 0 {
		badArgument("realpath", 1, "path", "must not contain any null bytes")
	}
	if !strings.HasPrefix(path, "/") {
		folder, ok := WorkingFolder()
		if !ok {
			return "", false
		}
		path = folder + "/" + path
	}
	real, err := filepath.EvalSymlinks(path)
	return real, err == nil
}

// WorkingFolder is getcwd().
func WorkingFolder() (string, bool) {
	folder, err := syscall.Getwd()
	return folder, err == nil
}

// TemporaryFolder is sys_get_temp_dir().
func TemporaryFolder() string {
	folder := os.Getenv("TMPDIR")
	if folder == "" {
		return "/tmp"
	}
	return strings.TrimSuffix(folder, "/")
}
