// The usual Go gateway: Gin in release mode before httputil.ReverseProxy, one processor, connections to the origin
// kept. With -features it adds a request id and a JSON access log; the reverse proxy adds X-Forwarded-For anyway.
package main

import (
	"bufio"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"flag"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"runtime"
	"time"

	"github.com/gin-gonic/gin"
)

func requestID(context *gin.Context) {
	var random [16]byte
	_, _ = rand.Read(random[:])
	context.Request.Header.Set("X-Request-Id", hex.EncodeToString(random[:]))
}

func accessLog(path string) gin.HandlerFunc {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		log.Fatal(err)
	}
	lines := json.NewEncoder(bufio.NewWriterSize(file, 65536))
	return func(context *gin.Context) {
		start := time.Now()
		context.Next()
		_ = lines.Encode(map[string]any{"time": start, "client": context.ClientIP(), "method": context.Request.Method,
			"path": context.Request.URL.Path, "status": context.Writer.Status(), "bytes": context.Writer.Size(),
			"seconds": time.Since(start).Seconds(), "request_id": context.Request.Header.Get("X-Request-Id")})
	}
}

func main() {
	listen := flag.String("listen", "127.0.0.1:8080", "address to listen on")
	origin := flag.String("origin", "", "URL of the origin; without one every request is answered with a greeting")
	features := flag.String("features", "", "file for the access log; turns request ids on too")
	flag.Parse()
	runtime.GOMAXPROCS(1)
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	if *features != "" {
		engine.Use(requestID, accessLog(*features))
	}
	if *origin == "" {
		engine.NoRoute(func(context *gin.Context) { context.String(http.StatusOK, "hello\n") })
	} else {
		target, err := url.Parse(*origin)
		if err != nil {
			log.Fatal(err)
		}
		proxy := httputil.NewSingleHostReverseProxy(target)
		proxy.Transport = &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 256, DisableCompression: true}
		proxy.ErrorLog = log.New(io.Discard, "", 0)
		engine.NoRoute(func(context *gin.Context) { proxy.ServeHTTP(context.Writer, context.Request) })
	}
	server := &http.Server{Addr: *listen, Handler: engine, IdleTimeout: 10 * time.Minute}
	log.Fatal(server.ListenAndServe())
}
