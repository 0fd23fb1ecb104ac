package php

import "strings"

// Resources, after https://www.php.net/manual/en/language.types.resource.php: those of streams and of opened folders.

// Resource is PHP's handle of a stream. Its number is never given again.
type Resource struct {
	ID     int
	stream *stream // nil when it is closed
}

// standardResources are the numbers of STDIN, STDOUT and STDERR.
const standardResources = 3

var resources = struct {
	last       int
	hasContext bool // that of calls that name none has its number
	standard   [standardResources]*Resource
	folder     *Resource // opened last, for readdir() without one
}{last: standardResources}

// skipResource counts a resource that PHP opens and closes within a call.
func skipResource() { resources.last++ }

// useContext counts the context that PHP makes for the first call that could be given one.
func useContext() {
	if !resources.hasContext {
		resources.hasContext = true
		skipResource()
	}
}

func newResource(s *stream) *Resource {
	resources.last++
	return &Resource{ID: resources.last, stream: s}
}

// standardStream is STDIN, STDOUT or STDERR.
func standardStream(name string) (Value, bool) {
	for fd, known := range []string{"STDIN", "STDOUT", "STDERR"} {
		if name != known {
			continue
		}
		if resources.standard[fd] == nil {
			mode := "wb"
			if fd == 0 {
				mode = "rb"
			}
			s := openStandard(fd, fd, mode, "php://"+strings.ToLower(name))
			resources.standard[fd] = &Resource{ID: fd + 1, stream: s}
		}
		return resources.standard[fd], true
	}
	return nil, false
}

func (r *Resource) closed() bool { return r.stream == nil }

func (r *Resource) kind() string {
	if r.closed() {
		return "Unknown"
	}
	return "stream"
}

func (r *Resource) gettype() string {
	if r.closed() {
		return "resource (closed)"
	}
	return "resource"
}

func (r *Resource) close() {
	if r.stream != nil {
		r.stream.back.close()
		r.stream = nil
	}
}

// IsResource is is_resource().
func IsResource(v Value) bool {
	r, ok := Deref(v).(*Resource)
	return ok && !r.closed()
}

// needResource is the argument n as a resource, open or not.
func needResource(function string, n int, name string, v Value) *Resource {
	r, ok := Deref(v).(*Resource)
	if !ok {
		ThrowTypeError(argument(function, n, name) + " must be of type resource, " + TypeName(v) + " given")
	}
	return r
}

// GetResourceType is get_resource_type().
func GetResourceType(resource Value) string {
	return needResource("get_resource_type", 1, "resource", resource).kind()
}

// GetResourceID is get_resource_id().
func GetResourceID(resource Value) int {
	return needResource("get_resource_id", 1, "resource", resource).ID
}

// needStreamAt is the argument n as a stream that is open.
func needStreamAt(function string, n int, name string, v Value) *stream {
	r := needResource(function, n, name, v)
	if r.closed() {
		ThrowTypeError(function + "(): supplied resource is not a valid stream resource")
	}
	if _, ok := r.stream.back.(*folderSource); ok {
		stopStream(function, "the stream is a folder's")
	}
	return r.stream
}

func needStream(function string, v Value) *stream { return needStreamAt(function, 1, "stream", v) }
