package php

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// Output and its buffers, after https://www.php.net/manual/en/book.outcontrol.php.

var output = struct {
	out     *bufio.Writer
	buffers []outputBuffer
}{out: bufio.NewWriterSize(os.Stdout, 64<<10)}

type outputBuffer struct {
	data     []byte
	callback *Closure
	started  bool
}

// SetOutput sends what is printed to w in place of standard output.
func SetOutput(w io.Writer) {
	output.out.Flush()
	output.out = bufio.NewWriterSize(w, 64<<10)
}

// FlushOutput writes what is waiting to the end of all buffers.
func FlushOutput() { output.out.Flush() }

// Echo is echo of a string.
func Echo(s string) {
	if n := len(output.buffers); n > 0 {
		b := &output.buffers[n-1]
		b.data = append(b.data, s...)
		return
	}
	output.out.WriteString(s) // what the reader has left unread is lost, as in PHP
}

// EchoValue is echo of any value.
func EchoValue(v Value) { Echo(ToString(v)) }

// EchoAll is echo of several values, each converted and printed in turn.
func EchoAll(values ...Value) {
	for _, v := range values {
		EchoValue(v)
	}
}

// Print is print.
func Print(v Value) int {
	EchoValue(v)
	return 1
}

// The flags that a callback of ob_start() gets.
const (
	obStart = 1
	obClean = 2
	obFlush = 4
	obFinal = 8
)

// ObStart is ob_start(); the callback may be nil.
func ObStart(callback *Closure, chunkSize, flags int) bool {
	output.buffers = append(output.buffers, outputBuffer{callback: callback})
	return true
}

// top is the innermost buffer, with PHP's notice where there is none.
func topBuffer(function, what string) *outputBuffer {
	if n := len(output.buffers); n > 0 {
		return &output.buffers[n-1]
	}
	Notice(function + "(): Failed to " + what)
	return nil
}

func (b *outputBuffer) through(flags int) string {
	data := string(b.data)
	b.data = nil
	if b.callback == nil {
		return data
	}
	if !b.started {
		flags |= obStart
		b.started = true
	}
	made := b.callback.Call(data, flags)
	if made == false {
		return data
	}
	return ToString(made)
}

func popBuffer(flags int) string {
	n := len(output.buffers) - 1
	b := output.buffers[n]
	output.buffers = output.buffers[:n]
	return b.through(flags)
}

// ObGetContents is ob_get_contents().
func ObGetContents() (string, bool) {
	if n := len(output.buffers); n > 0 {
		return string(output.buffers[n-1].data), true
	}
	return "", false
}

// ObGetClean is ob_get_clean().
func ObGetClean() (string, bool) {
	data, ok := ObGetContents()
	if ok {
		popBuffer(obClean | obFinal)
	}
	return data, ok
}

// ObGetFlush is ob_get_flush().
func ObGetFlush() (string, bool) {
	b := topBuffer("ob_get_flush", "delete and flush buffer. No buffer to delete or flush")
	if b == nil {
		return "", false
	}
	data := string(b.data)
	Echo(popBuffer(obFinal))
	return data, true
}

// ObEndClean is ob_end_clean().
func ObEndClean() bool {
	if topBuffer("ob_end_clean", "delete buffer. No buffer to delete") == nil {
		return false
	}
	popBuffer(obClean | obFinal)
	return true
}

// ObEndFlush is ob_end_flush().
func ObEndFlush() bool {
	if topBuffer("ob_end_flush", "delete and flush buffer. No buffer to delete or flush") == nil {
		return false
	}
	Echo(popBuffer(obFinal))
	return true
}

// ObClean is ob_clean().
func ObClean() bool {
	b := topBuffer("ob_clean", "delete buffer. No buffer to delete")
	if b == nil {
		return false
	}
	b.through(obClean)
	return true
}

// ObFlush is ob_flush().
func ObFlush() bool {
	b := topBuffer("ob_flush", "flush buffer. No buffer to flush")
	if b == nil {
		return false
	}
	data := b.through(obFlush)
	n := len(output.buffers)
	inner := output.buffers[n-1]
	output.buffers = output.buffers[:n-1]
	Echo(data)
	output.buffers = append(output.buffers, inner)
	return true
}

// ObGetLevel is ob_get_level().
func ObGetLevel() int { return len(output.buffers) }

// ObGetLength is ob_get_length().
func ObGetLength() (int, bool) {
	data, ok := ObGetContents()
	return len(data), ok
}

// Flush is flush().
func Flush() { output.out.Flush() }

func endBuffers() {
	for len(output.buffers) > 0 {
		Echo(popBuffer(obFinal))
	}
}

// exitRequest ends the program from wherever it is thrown.
type exitRequest struct{ status int }

// Exit is exit: a string is printed, an int is the status.
func Exit(v Value) {
	status := 0
	switch v := Deref(v).(type) {
	case string:
		Echo(v)
	case int:
		status = v
	case nil:
	default:
		EchoValue(v)
	}
	panic(exitRequest{status & 255})
}

var shutdown struct {
	functions []func()
	exception []*Closure
}

// RegisterShutdownFunction is register_shutdown_function().
func RegisterShutdownFunction(callback *Closure, arguments ...Value) {
	shutdown.functions = append(shutdown.functions, func() { callback.Call(arguments...) })
}

// SetExceptionHandler is set_exception_handler(): it gives the handler there was, or nil.
func SetExceptionHandler(callback *Closure) Value {
	var old Value
	if n := len(shutdown.exception); n > 0 && shutdown.exception[n-1] != nil {
		old = shutdown.exception[n-1].asGiven()
	}
	shutdown.exception = append(shutdown.exception, callback)
	return old
}

// RestoreExceptionHandler is restore_exception_handler().
func RestoreExceptionHandler() bool {
	if n := len(shutdown.exception); n > 0 {
		shutdown.exception = shutdown.exception[:n-1]
	}
	return true
}

// Main runs a converted script to its end, as php-cli does: what it throws and nobody catches is printed, shutdown
// functions run, buffers are flushed; then the process ends with PHP's status.
func Main(script func()) {
	collectSeldom()
	os.Exit(Run(script))
}

// Run is Main without the end of the process; it gives the status.
func Run(script func()) int {
	status := guarded(script)
	for i := 0; i < len(shutdown.functions); i++ {
		if s := guarded(shutdown.functions[i]); s != 0 {
			status = s
		}
	}
	shutdown.functions = nil
	stopUnfinished()
	if s := guarded(endBuffers); s != 0 {
		status = s
	}
	output.out.Flush()
	return status
}

// guarded runs f and gives the status that ending it so means.
func guarded(f func()) (status int) {
	defer func() {
		r := recover()
		switch r := r.(type) {
		case nil:
		case exitRequest:
			status = r.status
		case Throwable:
			status = uncaught(r)
		case runtime.Error:
			if strings.Contains(r.Error(), "divide by zero") {
				status = uncaught(Caught(r))
				return
			}
			Stop("internal", r.Error())
			status = StoppedStatus
		default:
			panic(r)
		}
	}()
	f()
	return 0
}

func uncaught(e Throwable) int {
	if n := len(shutdown.exception); n > 0 && shutdown.exception[n-1] != nil {
		handler := shutdown.exception[n-1]
		shutdown.exception = nil
		guarded(func() { handler.Call(e) })
		return 255
	}
	text := e.thrown().String()
	if s, ok := e.(stringer); ok {
		text = s.String()
	}
	display(fmt.Sprintf("\nFatal error: Uncaught %s\n  thrown in %s on line %d\n", text, e.GetFile(), e.GetLine()))
	return 255
}
