// encoding/json's side of bench/json, with the structs of ../subject.cpp: PROGRAM BODY N.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"
)

type address struct {
	Country string    `json:"country"`
	City    string    `json:"city"`
	Street  string    `json:"street"`
	Zip     string    `json:"zip"`
	Geo     []float64 `json:"geo"`
}
type role struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Since string `json:"since"`
}
type settings struct {
	Theme  string           `json:"theme"`
	Lang   string           `json:"lang"`
	Mail   bool             `json:"mail"`
	Limits map[string]int64 `json:"limits"`
}
type user struct {
	ID        int64    `json:"id"`
	Name      string   `json:"name"`
	Email     string   `json:"email"`
	Age       int64    `json:"age"`
	Score     float64  `json:"score"`
	Active    bool     `json:"active"`
	Avatar    string   `json:"avatar"`
	Tags      []string `json:"tags"`
	Address   address  `json:"address"`
	Roles     []role   `json:"roles"`
	Settings  settings `json:"settings"`
	Parent    *int64   `json:"parent"`
	CreatedAt string   `json:"created_at"`
	UpdatedAt string   `json:"updated_at"`
	Balance   string   `json:"balance"`
	Note      string   `json:"note"`
}
type body struct {
	Code      int64  `json:"code"`
	Message   string `json:"message"`
	Data      user   `json:"data"`
	RequestID string `json:"request_id"`
}

func roundTrip(text []byte) int {
	var read body
	if err := json.Unmarshal(text, &read); err != nil {
		panic(err)
	}
	written, err := json.Marshal(&read)
	if err != nil {
		panic(err)
	}
	return len(written)
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	n, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	expected := roundTrip(text)
	start := time.Now()
	for i := 0; i < n; i++ {
		if roundTrip(text) != expected {
			os.Exit(1)
		}
	}
	spent := float64(time.Since(start).Nanoseconds()) / float64(n)
	fmt.Printf("{\"ns_per_op\": %.1f, \"written_bytes\": %d}\n", spent, expected)
}
