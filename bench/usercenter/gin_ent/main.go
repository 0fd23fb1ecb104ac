// The two read endpoints of examples/usercenter as a Go team writes them: Gin in release mode, Ent, and pgx with its
// cache of prepared statements, or MySQL's driver with parameters put in by the client, which is its fastest way; one
// processor, as many connections as Banyan's pool.
package main

import (
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http"
	"runtime"
	"strconv"
	"strings"

	"bench.local/gin_ent/ent"
	"bench.local/gin_ent/ent/user"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/gin-gonic/gin"
	_ "github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib"
)

type profile struct {
	ID        int64           `json:"id"`
	Name      string          `json:"name"`
	Email     string          `json:"email"`
	Roles     []string        `json:"roles"`
	Score     string          `json:"score"`
	Active    string          `json:"active"`
	Settings  json.RawMessage `json:"settings"`
	CreatedAt string          `json:"created_at"`
	LastLogin *string         `json:"last_login"`
}

type batchUser struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Roles string `json:"roles"`
	Score string `json:"score"`
}

type batchAnswer struct {
	Users   []batchUser `json:"users"`
	Missing []int64     `json:"missing"`
	Count   string      `json:"count"`
}

func scoreText(hundredths int64) string { return fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100) }

func fail(context *gin.Context, status int, what string) { context.JSON(status, gin.H{"error": what}) }

func getProfile(client *ent.Client) gin.HandlerFunc {
	return func(context *gin.Context) {
		id, err := strconv.ParseInt(context.Query("id"), 10, 64)
		if err != nil || id < 1 {
			fail(context, http.StatusBadRequest, "invalid id")
			return
		}
		found, err := client.User.Get(context.Request.Context(), id)
		if ent.IsNotFound(err) {
			fail(context, http.StatusNotFound, "not found")
			return
		}
		if err != nil {
			fail(context, http.StatusInternalServerError, "internal error")
			return
		}
		settings := json.RawMessage("[]")
		if found.Settings != "" {
			settings = json.RawMessage(found.Settings)
		}
		context.JSON(http.StatusOK, profile{ID: found.ID, Name: found.Name, Email: found.Email,
			Roles: strings.Split(found.Roles, ","), Score: scoreText(found.Score),
			Active: strconv.FormatInt(found.Active, 10), Settings: settings, CreatedAt: found.CreatedAt,
			LastLogin: found.LastLogin})
	}
}

func getBatch(client *ent.Client) gin.HandlerFunc {
	return func(context *gin.Context) {
		var body struct {
			IDs []int64 `json:"ids" binding:"required,min=1,max=100,dive,min=1"`
		}
		if err := context.ShouldBindJSON(&body); err != nil {
			fail(context, http.StatusBadRequest, "invalid ids")
			return
		}
		rows, err := client.User.Query().Where(user.IDIn(body.IDs...)).All(context.Request.Context())
		if err != nil {
			fail(context, http.StatusInternalServerError, "internal error")
			return
		}
		byID := make(map[int64]*ent.User, len(rows))
		for _, row := range rows {
			byID[row.ID] = row
		}
		answer := batchAnswer{Users: make([]batchUser, 0, len(body.IDs)), Missing: []int64{}}
		for _, id := range body.IDs {
			row, ok := byID[id]
			if !ok {
				answer.Missing = append(answer.Missing, id)
				continue
			}
			answer.Users = append(answer.Users, batchUser{ID: strconv.FormatInt(row.ID, 10), Name: row.Name,
				Email: row.Email, Roles: row.Roles, Score: scoreText(row.Score)})
		}
		answer.Count = strconv.Itoa(len(answer.Users))
		context.JSON(http.StatusOK, answer)
	}
}

func main() {
	listen := flag.String("listen", "127.0.0.1:9000", "the address to serve on")
	driver := flag.String("driver", "pgx", "pgx or mysql")
	database := flag.String("database", "", "where it is, as the driver has it")
	flag.Parse()
	runtime.GOMAXPROCS(1)
	db, err := sql.Open(*driver, *database)
	if err != nil {
		log.Fatal(err)
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	dialects := map[string]string{"pgx": dialect.Postgres, "mysql": dialect.MySQL}
	client := ent.NewClient(ent.Driver(entsql.OpenDB(dialects[*driver], db)))
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.Use(gin.Recovery())
	router.GET("/user/profile", getProfile(client))
	router.POST("/user/batch", getBatch(client))
	log.Fatal(router.Run(*listen))
}
