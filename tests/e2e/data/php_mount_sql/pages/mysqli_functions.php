<?php
// mysqli's functions.
attempt(fn() => mysqli_query(null, 'SELECT 1'));
$m = mysqli_connect('localhost', 'banyan', '', 'banyan', 0, getenv('MYSQL_SOCKET'));
show(get_class($m), mysqli_connect_errno(), mysqli_connect_error(), mysqli_errno($m), mysqli_error($m), mysqli_sqlstate($m));
attempt(fn() => [mysqli_set_charset($m, 'utf8mb4'), mysqli_character_set_name($m), mysqli_get_host_info($m), mysqli_get_proto_info($m)]);
attempt(fn() => [mysqli_query($m, 'DROP TABLE IF EXISTS f'), mysqli_warning_count($m)]);
attempt(fn() => mysqli_query($m, 'CREATE TABLE f (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(20) UNIQUE)'));
attempt(fn() => [mysqli_query($m, "INSERT INTO f (a) VALUES ('x'), ('y')"), mysqli_affected_rows($m), mysqli_insert_id($m), mysqli_info($m)]);
attempt(fn() => mysqli_query($m, "INSERT INTO f (a) VALUES ('x')"));
show(mysqli_errno($m), mysqli_error($m), mysqli_sqlstate($m), mysqli_error_list($m));
$r = mysqli_query($m, 'SELECT * FROM f ORDER BY id');
show(mysqli_num_rows($r), mysqli_num_fields($r), mysqli_field_count($m), mysqli_fetch_lengths($r));
while ($row = mysqli_fetch_assoc($r)) {
    show($row, mysqli_fetch_lengths($r));
}
attempt(fn() => [mysqli_data_seek($r, 0), mysqli_fetch_row($r), mysqli_fetch_array($r), mysqli_fetch_array($r, MYSQLI_NUM)]);
attempt(fn() => [mysqli_data_seek($r, 1), mysqli_fetch_object($r), mysqli_data_seek($r, 0), mysqli_fetch_all($r), mysqli_fetch_column($r)]);
attempt(fn() => [mysqli_field_seek($r, 1), mysqli_field_tell($r), mysqli_fetch_field($r)->name, mysqli_fetch_field_direct($r, 0)->name, count(mysqli_fetch_fields($r))]);
attempt(fn() => mysqli_fetch_array($r, 7));
attempt(fn() => mysqli_free_result($r));
attempt(fn() => mysqli_fetch_row($r));
attempt(fn() => mysqli_fetch_row('x'));
$st = mysqli_prepare($m, 'INSERT INTO f (a) VALUES (?)');
$a = 'bound';
attempt(fn() => mysqli_stmt_bind_param($st, 's', $a));
attempt(fn() => [mysqli_stmt_execute($st), mysqli_stmt_affected_rows($st), mysqli_stmt_insert_id($st), mysqli_stmt_param_count($st), mysqli_stmt_field_count($st)]);
$a = 'x';
attempt(fn() => mysqli_stmt_execute($st));
show(mysqli_stmt_errno($st), mysqli_stmt_error($st), mysqli_stmt_sqlstate($st), mysqli_stmt_error_list($st));
attempt(fn() => mysqli_stmt_close($st));
$st = mysqli_stmt_init($m);
attempt(fn() => [mysqli_stmt_prepare($st, 'SELECT id, a FROM f WHERE id < ? ORDER BY id'), mysqli_execute($st, [9])]);
attempt(function () use ($st) {
    mysqli_stmt_bind_result($st, $id, $a);
    mysqli_stmt_store_result($st);
    $rows = [mysqli_stmt_num_rows($st)];
    while (mysqli_stmt_fetch($st)) {
        $rows[] = [$id, $a];
    }
    mysqli_stmt_free_result($st);
    return $rows;
});
attempt(fn() => [mysqli_stmt_execute($st), mysqli_fetch_all(mysqli_stmt_get_result($st), MYSQLI_ASSOC), mysqli_num_fields(mysqli_stmt_result_metadata($st))]);
attempt(fn() => mysqli_fetch_row(mysqli_execute_query($m, 'SELECT ?', ['q'])));
attempt(fn() => [mysqli_begin_transaction($m), mysqli_query($m, 'DELETE FROM f'), mysqli_rollback($m), mysqli_autocommit($m, true), mysqli_commit($m)]);
attempt(fn() => [mysqli_real_escape_string($m, "a'b"), mysqli_escape_string($m, 'c"d')]);
attempt(fn() => [mysqli_multi_query($m, 'SELECT 1; SELECT 2'), mysqli_fetch_row(mysqli_store_result($m)), mysqli_more_results($m), mysqli_next_result($m), mysqli_fetch_row(mysqli_use_result($m)), mysqli_more_results($m)]);
attempt(fn() => [mysqli_ping($m), mysqli_select_db($m, 'banyan'), mysqli_thread_id($m) > 0, mysqli_get_server_version($m) > 100000, mysqli_get_client_version() === PHP_VERSION_ID]);
attempt(fn() => mysqli_query($m, ''));
attempt(fn() => mysqli_query($m));
attempt(fn() => mysqli_query($m, 'DROP TABLE f'));
attempt(fn() => mysqli_close($m));
attempt(fn() => mysqli_query($m, 'SELECT 1'));
$n = mysqli_init();
attempt(fn() => [mysqli_options($n, MYSQLI_OPT_CONNECT_TIMEOUT, 3), mysqli_real_connect($n, 'localhost', 'banyan', '', 'banyan', null, getenv('MYSQL_SOCKET'))]);
attempt(fn() => mysqli_fetch_row(mysqli_query($n, 'SELECT 1')));
