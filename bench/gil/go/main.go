// bench/gil in goroutines, one for each task. What the program does and prints: ../subject.cpp.
package main

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const chunk = 400 * time.Microsecond

var sink atomic.Uint64

func burn(rounds int) {
	x := uint64(1)
	for i := 0; i < rounds; i++ {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	sink.Store(x)
}

func roundsOfAChunk() int {
	best := time.Hour
	for i := 0; i < 20; i++ {
		start := time.Now()
		burn(1_000_000)
		best = min(best, time.Since(start))
	}
	return int(1_000_000 * chunk / best)
}

func cpu() float64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func work(rounds int, connection net.Conn, until time.Time) int64 {
	done := int64(0)
	one := make([]byte, 1)
	for time.Now().Before(until) {
		if connection != nil {
			connection.Write([]byte("q"))
			connection.Read(one)
		}
		burn(rounds)
		done++
	}
	return done
}

func phase(tasks, rounds, port int, seconds float64) string {
	connections := make([]net.Conn, tasks)
	for i := range connections {
		if port == 0 {
			continue
		}
		connection, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			panic(err)
		}
		connections[i] = connection
		defer connection.Close()
	}
	var group sync.WaitGroup
	var done atomic.Int64
	start, spent := time.Now(), cpu()
	until := start.Add(time.Duration(seconds * 1e9))
	for _, connection := range connections {
		group.Add(1)
		go func() {
			defer group.Done()
			done.Add(work(rounds, connection, until))
		}()
	}
	group.Wait()
	return fmt.Sprintf(`{"done":%d,"wall_s":%f,"cpu_s":%f}`, done.Load(), time.Since(start).Seconds(), cpu()-spent)
}

func main() {
	port, _ := strconv.Atoi(os.Args[1])
	tasks, _ := strconv.Atoi(os.Args[2])
	workers, _ := strconv.Atoi(os.Args[3])
	seconds, _ := strconv.ParseFloat(os.Args[4], 64)
	runtime.GOMAXPROCS(workers)
	rounds := roundsOfAChunk()
	alone := phase(1, rounds, port, seconds)
	fmt.Printf("{\"alone\":%s,\"together\":%s}\n", alone, phase(tasks, rounds, port, seconds))
}
