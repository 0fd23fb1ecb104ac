package php

import (
	"fmt"
	"os"
	"strconv"
)

// The numbers of objects, as var_dump() and spl_object_id() show them. PHP gives the number of an object that died to the
// next one; a number is therefore only sure where all objects with smaller ones are known to live: those that a variable
// keeps until the end (Keep), those that are shown, and what can be reached from either. Where it is not sure, the
// program stops and says so, since to show another number than PHP does would be worse.

// StoppedStatus is the exit status of a program that stopped because it would no longer do what PHP does.
const StoppedStatus = 86

// OnStop, where it is set, is called in place of ending the program.
var OnStop func(code, why string)

// Stop ends the program with a reason, a stable code, on standard error.
func Stop(code, why string) {
	if OnStop != nil {
		OnStop(code, why)
		return
	}
	for len(output.buffers) > 0 {
		endBuffers()
	}
	output.out.Flush()
	locate()
	fmt.Fprintf(os.Stderr, "stopped: %s: %s in %s on line %d\n", code, why, position.file, position.line)
	os.Exit(StoppedStatus)
}

var keptValues, shownValues []Value

// Keep says that a variable holds v until the program ends.
func Keep(v Value) Value {
	keptValues = append(keptValues, v)
	return v
}

// showing says that v is being shown, until what it gives back is called.
func showing(v Value) func() {
	shownValues = append(shownValues, v)
	return func() { shownValues = shownValues[:len(shownValues)-1] }
}

// sureOfNumber stops the program where the number of o may not be the one it has in PHP.
func sureOfNumber(o Object) {
	number := o.PHPBase().id
	if number == 1 {
		return
	}
	living := livingObjects{numbers: map[int]bool{}, stores: map[*store]bool{}}
	living.add(o)
	for _, v := range keptValues {
		living.add(v)
	}
	for _, v := range shownValues {
		living.add(v)
	}
	globals.eachRaw(func(_ Key, v Value) { living.add(v) })
	for i := 1; i < number; i++ {
		if !living.numbers[i] {
			Stop("object-number", "the number of an object of class "+ClassName(o)+", here "+strconv.Itoa(number)+
				", depends on when object "+strconv.Itoa(i)+" dies")
			return
		}
	}
}

type livingObjects struct {
	numbers map[int]bool
	stores  map[*store]bool
}

func (l *livingObjects) add(v Value) {
	switch v := Deref(v).(type) {
	case *Array:
		if v == nil || l.stores[v.store] {
			return
		}
		l.stores[v.store] = true
		v.eachRaw(func(_ Key, v Value) { l.add(v) })
	case Object:
		if v == nil || l.numbers[v.PHPBase().id] {
			return
		}
		l.numbers[v.PHPBase().id] = true
		for _, p := range Properties(v) {
			l.add(p.Value)
		}
		if c, ok := v.(*Closure); ok && c.This != nil {
			l.add(c.This)
		}
	}
}
