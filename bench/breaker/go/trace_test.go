// Random scripts for the real gobreaker under a virtual clock, each step with what it gave: a trace that
// bench/breaker/replay.cpp follows with Banyan's breaker.
//
//	breaker MAX INTERVAL_NS BUCKET_NS TIMEOUT_NS FAILURES   a new one; opens at FAILURES in a row
//	sleep NS
//	allow ID RESULT                                         ok, open or many
//	done ID SUCCESS                                         1 or 0
//	state STATE REQUESTS SUCCESSES FAILURES SUCCESSES_IN_ROW FAILURES_IN_ROW
//
// Banyan differs from gobreaker in two places, on purpose, and the scripts leave them out:
//
//   - With a window that is cleared at once gobreaker does not tell late results of an earlier window from those of the
//     present one, as its bucketGeneration is not reset. There requests end before the next step.
//   - With a window that rolls, results that come late go into older buckets, and its counts in a row become larger
//     than the results there are. There requests end before time passes.
package trace

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sony/gobreaker/v2"
)

const scripts, steps = 3000, 60

var errFailed = errors.New("failed")

func TestTrace(t *testing.T) {
	file, err := os.Create(os.Getenv("BREAKER_TRACE"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := bufio.NewWriter(file)
	defer out.Flush()
	for seed := int64(1); seed <= scripts; seed++ {
		synctest.Test(t, func(t *testing.T) { script(rand.New(rand.NewSource(seed)), out) })
	}
}

func script(random *rand.Rand, out *bufio.Writer) {
	limit := uint32(1 + random.Intn(5))
	settings := gobreaker.Settings{
		MaxRequests: uint32(random.Intn(4)),
		Timeout:     time.Duration(random.Intn(5)) * time.Second,
		ReadyToTrip: func(counts gobreaker.Counts) bool { return counts.ConsecutiveFailures >= limit },
	}
	overlapping, lasting := true, true
	switch random.Intn(3) {
	case 0:
		settings.Interval = time.Duration(1+random.Intn(10)) * time.Second
		overlapping = false
	case 1:
		settings.BucketPeriod = time.Duration(1+random.Intn(3)) * time.Second
		settings.Interval = settings.BucketPeriod * time.Duration(2+random.Intn(4))
		lasting = false
	}
	fmt.Fprintf(out, "breaker %d %d %d %d %d\n", settings.MaxRequests, settings.Interval, settings.BucketPeriod, settings.Timeout, limit)
	breaker := gobreaker.NewTwoStepCircuitBreaker[int](settings)
	failing := random.Float64()
	type request struct {
		id   int
		done func(error)
	}
	var open []request
	finish := func(i int) {
		failed := random.Float64() < failing
		if failed {
			open[i].done(errFailed)
		} else {
			open[i].done(nil)
		}
		fmt.Fprintf(out, "done %d %d\n", open[i].id, map[bool]int{true: 0, false: 1}[failed])
		open = append(open[:i], open[i+1:]...)
	}
	for step := 0; step < steps; step++ {
		switch random.Intn(4) {
		case 0:
			for !lasting && len(open) > 0 {
				finish(len(open) - 1)
			}
			nap := time.Duration(random.Intn(4000)) * time.Millisecond
			time.Sleep(nap)
			fmt.Fprintf(out, "sleep %d\n", nap)
		case 1, 2:
			done, err := breaker.Allow()
			result := "ok"
			if errors.Is(err, gobreaker.ErrOpenState) {
				result = "open"
			} else if err != nil {
				result = "many"
			}
			fmt.Fprintf(out, "allow %d %s\n", step, result)
			if err == nil {
				open = append(open, request{step, done})
				if !overlapping {
					finish(0)
				}
			}
		default:
			if len(open) > 0 {
				finish(random.Intn(len(open)))
			}
		}
		state := breaker.State()
		counts := breaker.Counts()
		fmt.Fprintf(out, "state %s %d %d %d %d %d\n", state, counts.Requests, counts.TotalSuccesses, counts.TotalFailures,
			counts.ConsecutiveSuccesses, counts.ConsecutiveFailures)
	}
}
