package php

import (
	"fmt"
	"os"
	"strconv"
)

// The numbers of objects, as var_dump() and spl_object_id() show them. PHP gives the number of an object that died to the
// next one; a number is therefore only sure where all objects with smaller ones are known to have lived when it was given:
// those that variables of the file's code hold (Keep), those that are shown, and what can be reached from either. Where
// it is not sure, the program stops and says so, since to show another number than PHP does would be worse.

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

var (
	keptValues  []Value              // until the end
	kept        = map[string]Value{} // by variable of the file's code
	shownValues []Value
	livedAt     = map[int]int{} // by object: the last number that had been given when it was known to live
	looks       int
)

// looksMax bounds the time that goes into what variables held before they were assigned anew.
const looksMax = 1000

// Keep says that a variable of the file's code holds v from now on.
func Keep(v Value, variable string) Value {
	switch kept[variable].(type) {
	case Object, *Array:
		if looks++; looks < looksMax {
			living(v)
		}
	}
	kept[variable] = v
	return v
}

// KeepArray is Keep for an array.
func KeepArray(a *Array, variable string) *Array {
	Keep(a, variable)
	return a
}

// showing says that values are being shown, until what it gives back is called.
func showing(values ...Value) func() {
	shownValues = append(shownValues, values...)
	return func() { shownValues = shownValues[:len(shownValues)-len(values)] }
}

// living finds the objects that are known to live, and those that can be reached from v.
func living(v Value) map[int]bool {
	found := livingObjects{numbers: map[int]bool{}, stores: map[*store]bool{}}
	found.add(v)
	for _, list := range [][]Value{keptValues, shownValues} {
		for _, v := range list {
			found.add(v)
		}
	}
	for _, v := range kept {
		found.add(v)
	}
	globals.eachRaw(func(_ Key, v Value) { found.add(v) })
	for number := range found.numbers {
		livedAt[number] = lastObjectID
	}
	return found.numbers
}

// sureOfNumber stops the program where the number of o may not be the one it has in PHP.
func sureOfNumber(o Object) {
	number := o.PHPBase().id
	if number == 1 {
		return
	}
	now := living(o)
	for i := 1; i < number; i++ {
		if !now[i] && livedAt[i] < number {
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
		for _, p := range shownProperties(v) {
			l.add(p.Value)
		}
		if c, ok := v.(*Closure); ok && c.This != nil {
			l.add(c.This)
		}
	}
}
