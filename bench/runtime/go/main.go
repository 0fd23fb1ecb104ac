// The runtime bench's cases on goroutines. Every peer and the subject do exactly these shapes and print the same
// line; only the work between two clock readings counts, never the start of the process.
//
//	spawn    one task starts N tasks that do nothing, all joined
//	bytes    N tasks, each blocked in a receive on one channel; resident bytes gained, divided by N
//	channel  N round trips between two tasks over two unbuffered channels
//	skynet   a 10-ary tree with N leaves; each node starts 10 tasks and sums what they send it
//	yield    10 tasks that each yield N/10 times
//	select   one task selects among 8 unbuffered channels that another fills in turn, N messages
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

func spawn(n int) {
	var group sync.WaitGroup
	group.Add(n)
	for i := 0; i < n; i++ {
		go group.Done()
	}
	group.Wait()
}

func residentBytes() int {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		fail(err.Error())
	}
	pages, _ := strconv.Atoi(strings.Fields(string(text))[1])
	return pages * os.Getpagesize()
}

// park gives the resident bytes that n blocked tasks added, divided by n.
func park(n int) float64 {
	var arrived atomic.Int64
	gate := make(chan struct{})
	var group sync.WaitGroup
	group.Add(n)
	before := residentBytes()
	for i := 0; i < n; i++ {
		go func() {
			arrived.Add(1)
			<-gate
			group.Done()
		}()
	}
	for arrived.Load() < int64(n) {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond) // The last to arrive are between the count and the receive.
	gained := residentBytes() - before
	close(gate)
	group.Wait()
	return float64(gained) / float64(n)
}

func roundTrips(n int) {
	there, back := make(chan int), make(chan int)
	go func() {
		for value := range there {
			back <- value
		}
		close(back)
	}()
	for i := 0; i < n; i++ {
		there <- i
		<-back
	}
	close(there)
	<-back
}

func node(parent chan<- int, first, leaves int) {
	if leaves == 1 {
		parent <- first
		return
	}
	sums := make(chan int)
	part := leaves / 10
	for i := 0; i < 10; i++ {
		go node(sums, first+i*part, part)
	}
	total := 0
	for i := 0; i < 10; i++ {
		total += <-sums
	}
	parent <- total
}

func skynet(n int) {
	result := make(chan int)
	go node(result, 0, n)
	if sum := <-result; sum != n*(n-1)/2 {
		fail(fmt.Sprintf("skynet summed to %d; n must be a power of ten", sum))
	}
}

func yields(n int) {
	var group sync.WaitGroup
	group.Add(10)
	for task := 0; task < 10; task++ {
		go func() {
			for i := 0; i < n/10; i++ {
				runtime.Gosched()
			}
			group.Done()
		}()
	}
	group.Wait()
}

func selects(n int) {
	var channels [8]chan int
	for i := range channels {
		channels[i] = make(chan int)
	}
	go func() {
		for i := 0; i < n; i++ {
			channels[i%8] <- i
		}
	}()
	total := 0
	for i := 0; i < n; i++ {
		total += receiveAny(&channels)
	}
	if total != n*(n-1)/2 {
		fail("select lost a message")
	}
}

func receiveAny(channels *[8]chan int) int {
	select {
	case value := <-channels[0]:
		return value
	case value := <-channels[1]:
		return value
	case value := <-channels[2]:
		return value
	case value := <-channels[3]:
		return value
	case value := <-channels[4]:
		return value
	case value := <-channels[5]:
		return value
	case value := <-channels[6]:
		return value
	case value := <-channels[7]:
		return value
	}
}

func fail(text string) {
	fmt.Fprintln(os.Stderr, text)
	os.Exit(2)
}

func main() {
	name := flag.String("case", "spawn", "spawn, bytes, channel, skynet, yield or select")
	n := flag.Int("n", 1000000, "how many")
	workers := flag.Int("workers", 1, "GOMAXPROCS")
	flag.Parse()
	runtime.GOMAXPROCS(*workers)
	work := map[string]func(int){"spawn": spawn, "channel": roundTrips, "skynet": skynet, "yield": yields, "select": selects}
	start := time.Now()
	if *name == "bytes" {
		bytes := park(*n)
		fmt.Printf(`{"case":"bytes","n":%d,"workers":%d,"bytes_per_task":%.1f,"total_ns":%d}`+"\n",
			*n, *workers, bytes, time.Since(start).Nanoseconds())
		return
	}
	run, known := work[*name]
	if !known {
		fail("unknown case " + *name)
	}
	run(*n)
	total := time.Since(start).Nanoseconds()
	fmt.Printf(`{"case":"%s","n":%d,"workers":%d,"ns_per_op":%.3f,"total_ns":%d}`+"\n",
		*name, *n, *workers, float64(total)/float64(*n), total)
}
