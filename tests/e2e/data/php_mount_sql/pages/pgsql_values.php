<?php
// Which PHP values the columns of PostgreSQL become.
$d = pgsql_pdo();
$d->exec("SET timezone = 'UTC'");
$text = "SELECT 1::int2 a, '-2147483648'::int4 b, 9223372036854775807::int8 c, 1.50::numeric d, 0.1::float4 e, 1e300::float8 f,
         true g, false h, NULL i, 'x'::char(3) j, 'ä€😀'::varchar k, '2024-02-29'::date l, '12:34:56.789'::time m,
         '2024-02-29 12:34:56.000001'::timestamp n, '2024-02-29 12:34:56+02'::timestamptz o, '1 day 2 hours'::interval p,
         ARRAY[1,2] q, '{\"a\": 1}'::json r, '{\"a\":  1}'::jsonb s, 4294967295::oid t, 'NaN'::float8 u, '-Infinity'::float8 v,
         '00000000-0000-0000-0000-000000000001'::uuid w, ''::text x, ROW(1,'a') y, '1.2.3.4'::inet z, 1 AS \"1\", 'b' AS \"B b\"";
foreach ([false, true] as $emulates) {
    foreach ([false, true] as $stringifies) {
        $d->setAttribute(PDO::ATTR_EMULATE_PREPARES, $emulates);
        $d->setAttribute(PDO::ATTR_STRINGIFY_FETCHES, $stringifies);
        foreach ($d->query($text)->fetch(PDO::FETCH_ASSOC) as $name => $value) {
            show($name, gettype($value), $value);
        }
    }
}
show($d->query("SELECT '\\x00ff41'::bytea a")->fetch(PDO::FETCH_ASSOC));
$d->exec("SET bytea_output = 'escape'");
show(bin2hex($d->query("SELECT '\\x00ff415c'::bytea a")->fetchColumn()));
$d->setAttribute(PDO::ATTR_STRINGIFY_FETCHES, false);
$st = $d->prepare('SELECT length(?::bytea), ?::bytea IS NULL');
show($st->bindValue(1, "a\0b", PDO::PARAM_LOB), $st->bindValue(2, null), $st->execute(), $st->fetch(PDO::FETCH_NUM));
$d->setAttribute(PDO::ATTR_CASE, PDO::CASE_UPPER);
$d->setAttribute(PDO::ATTR_ORACLE_NULLS, PDO::NULL_TO_STRING);
show($d->query('SELECT NULL a, 1 b')->fetch(PDO::FETCH_ASSOC));
$st = $d->query('SELECT 5 e, 2.5 j');
$st->bindColumn(1, $e, PDO::PARAM_STR);
$st->bindColumn('J', $j, PDO::PARAM_INT);
while ($st->fetch(PDO::FETCH_BOUND)) {
    show($e, $j);
}
$long = str_repeat('0123456789', 400000);
$st = $d->prepare('SELECT ?::text a, length(?) b');
show($st->execute([$long, $long]), md5(serialize($st->fetch(PDO::FETCH_NUM))));
