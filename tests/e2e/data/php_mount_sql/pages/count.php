<?php
// Many requests at once, each with connections of its own.
$n = (int) $_GET['n'];
$d = mysql_pdo([PDO::ATTR_EMULATE_PREPARES => $n % 2 == 0]);
$p = pgsql_pdo();
$link = link_to_mysql();
$sum = 0;
for ($i = 0; $i < 5; $i++) {
    $st = $d->prepare('SELECT ? + ?');
    $st->execute([$n, $i]);
    $sum += $st->fetchColumn();
    $st = $p->prepare('SELECT ?::int + ?::int');
    $st->execute([$n, $i]);
    $sum += $st->fetchColumn();
    $sum += $link->query("SELECT $n + $i")->fetch_row()[0];
}
show($n, $sum);
