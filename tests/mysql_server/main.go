// A server of MySQL's protocol that proves passwords by caching_sha2_password, for e2e/test_mysql_login.py: the server
// side of Vitess, which is what its users' MySQL clients talk to. It holds no tables: every statement that gives rows
// gives the number 1.
//
// usage: mysql_server ADDRESS SOCKET CERTIFICATE KEY USER PASSWORD
//
// Says on standard output how each login was proven: "cached USER" by the hash it remembers of the password, "full USER"
// by the password itself, which it then remembers.
package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"fmt"
	"log"
	"net"
	"os"
	"strings"
	"sync"

	"vitess.io/vitess/go/mysql"
	"vitess.io/vitess/go/mysql/replication"
	"vitess.io/vitess/go/mysql/sqlerror"
	"vitess.io/vitess/go/sqltypes"
	querypb "vitess.io/vitess/go/vt/proto/query"
	"vitess.io/vitess/go/vt/vtenv"
)

// users has one user, and remembers the hash of the password once that was proven.
type users struct {
	name, password string
	mutex          sync.Mutex
	hash           []byte
	methods        []mysql.AuthMethod
}

func denied(user string) error {
	return sqlerror.NewSQLErrorf(sqlerror.ERAccessDeniedError, sqlerror.SSAccessDeniedError,
		"Access denied for user '%v'", user)
}

func (u *users) AuthMethods() []mysql.AuthMethod { return u.methods }
func (u *users) DefaultAuthMethodDescription() mysql.AuthMethodDescription {
	return mysql.CachingSha2Password
}
func (u *users) HandleUser(string) bool { return true }

func (u *users) UserEntryWithCacheHash(_ *mysql.Conn, salt []byte, user string, proof []byte, _ net.Addr) (mysql.Getter,
	mysql.CacheState, error) {
	u.mutex.Lock()
	defer u.mutex.Unlock()
	if user == u.name && mysql.VerifyHashedCachingSha2Password(proof, salt, u.hash) {
		fmt.Println("cached", user)
		return &mysql.StaticUserData{}, mysql.AuthAccepted, nil
	}
	return nil, mysql.AuthNeedMoreData, nil
}

func (u *users) UserEntryWithPassword(_ *mysql.Conn, user, password string, _ net.Addr) (mysql.Getter, error) {
	if user != u.name || subtle.ConstantTimeCompare([]byte(password), []byte(u.password)) != 1 {
		return nil, denied(user)
	}
	once := sha256.Sum256([]byte(password))
	twice := sha256.Sum256(once[:])
	u.mutex.Lock()
	defer u.mutex.Unlock()
	u.hash = twice[:]
	fmt.Println("full", user)
	return &mysql.StaticUserData{}, nil
}

// statements answers them.
type statements struct {
	mysql.UnimplementedHandler
	env *vtenv.Environment
}

func givesRows(query string) bool { return strings.HasPrefix(strings.ToUpper(query), "SELECT") }

func result(query string) *sqltypes.Result {
	if !givesRows(query) {
		return &sqltypes.Result{}
	}
	number := int64(1)
	if strings.Contains(query, "max_allowed_packet") {
		number = 16 << 20
	}
	return &sqltypes.Result{
		Fields: []*querypb.Field{{Name: "number", Type: querypb.Type_INT64, Charset: 63}},
		Rows:   [][]sqltypes.Value{{sqltypes.NewInt64(number)}},
	}
}

func (s *statements) Env() *vtenv.Environment         { return s.env }
func (s *statements) WarningCount(*mysql.Conn) uint16 { return 0 }
func (s *statements) ComQuery(_ *mysql.Conn, query string, give func(*sqltypes.Result) error) error {
	return give(result(query))
}
func (s *statements) ComQueryMulti(_ *mysql.Conn, query string,
	give func(sqltypes.QueryResponse, bool, bool) error) error {
	return give(sqltypes.QueryResponse{QueryResult: result(query)}, false, true)
}
func (s *statements) ComPrepare(_ *mysql.Conn, query string) ([]*querypb.Field, uint16, error) {
	return result(query).Fields, uint16(strings.Count(query, "?")), nil
}
func (s *statements) ComStmtExecute(_ *mysql.Conn, prepared *mysql.PrepareData,
	give func(*sqltypes.Result) error) error {
	return give(result(prepared.PrepareStmt))
}
func (s *statements) ComRegisterReplica(*mysql.Conn, string, uint16, string, string) error {
	return denied("")
}
func (s *statements) ComBinlogDump(*mysql.Conn, string, uint32) error { return denied("") }
func (s *statements) ComBinlogDumpGTID(*mysql.Conn, string, uint64, replication.GTIDSet, uint16) error {
	return denied("")
}

func serve(protocol, address string, people *users, handler *statements, secure *tls.Config) {
	listener, err := mysql.NewListener(protocol, address, people, handler, 0, 0, false, false, 0, 0, false)
	if err != nil {
		log.Fatal(err)
	}
	if secure != nil {
		listener.TLSConfig.Store(secure)
	}
	listener.Accept()
}

func main() {
	address, socket, certificate, key := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	people := &users{name: os.Args[5], password: os.Args[6]}
	people.methods = []mysql.AuthMethod{mysql.NewSha2CachingAuthMethod(people, people, people)}
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		log.Fatal(err)
	}
	handler := &statements{env: vtenv.NewTestEnv()}
	go serve("unix", socket, people, handler, nil)
	serve("tcp", address, people, handler, &tls.Config{Certificates: []tls.Certificate{pair}})
}
