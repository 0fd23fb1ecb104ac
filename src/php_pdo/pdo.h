// PHP's database classes for converted programs: PDO, PDOStatement and PDOException, after
// https://www.php.net/manual/en/book.pdo.php, with the drivers `mysql`, `pgsql` and `sqlite`. Start here.
//
// A program opens a connection for each request, as it does under php-fpm, on the thread it runs on: calls block. The
// file is left as PDO leaves it (journal, foreign keys), which is why this is SQLite itself and not module sqlite,
// whose connections are set up for services. What PDO has and this has not: FETCH_LAZY, columns as streams, user
// functions in SQL, persistent connections (they are opened anew); each stops the program loudly, but for the last.
#pragma once

namespace banyan::php_runtime {

// Makes the classes known on this thread. Behind declare_builtins(); more often does no harm.
void declare_pdo();

}  // namespace banyan::php_runtime
