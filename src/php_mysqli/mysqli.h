// PHP's mysqli for converted programs: mysqli, mysqli_stmt, mysqli_result, mysqli_sql_exception and the functions,
// after https://www.php.net/manual/en/book.mysqli.php. Start here.
//
// A connection is opened for each request, as under php-fpm. What mysqli has and this has not: queries that run while
// the program goes on (MYSQLI_ASYNC, poll()), persistent connections (they are opened anew), LOAD DATA LOCAL, cursors,
// changing the user, lists of warnings; each stops the program loudly, but for persistence.
#pragma once

namespace banyan::php_runtime {

// Makes the classes known on this thread. Behind declare_builtins(); more often does no harm.
void declare_mysqli();
// Makes the functions known in the context that runs.
void register_mysqli_functions();
// Makes the constants known in the context that runs.
void define_mysqli_constants();

}  // namespace banyan::php_runtime
