package php

import (
	"os"
	"runtime"
	"runtime/debug"
)

// How often a program's memory is searched for garbage. Go does it each time that the memory in use has doubled, which for
// programs that use little is all the time; here at least garbageBytes come together first.

const (
	garbageBytes = 32 << 20
	percentMost  = 800 // Go begins with 4 MB
	percentUsual = 100
)

// collectSeldom sets that for the whole process, unless its environment says how often.
func collectSeldom() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(percentMost)
	afterCollection(percentMost)
}

// afterCollection adapts the percentage after each collection to what is in use then.
func afterCollection(percent int) {
	type mark struct{ _ [2]*int }
	runtime.SetFinalizer(&mark{}, func(*mark) {
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		used := int(now.NextGC)/(100+percent) + 1 // of a hundred parts
		percent := garbageBytes / used
		if percent > percentMost {
			percent = percentMost
		} else if percent < percentUsual {
			percent = percentUsual
		}
		debug.SetGCPercent(percent)
		afterCollection(percent)
	})
}
